using System.Collections;
using System.Reflection;
using Postern.Directory.Objects;
using Postern.Server.Commands;
using Postern.Server.Configuration;
using Postern.Storage.Databases;

const string development = "Development";
#if DEBUG
const bool isDebugBuild = true;
#else
const bool isDebugBuild = false;
#endif

var database = "not read yet";
try
{
    var line = CommandLine.Parse(args);
    if (line.Refusal is { } misunderstood)
    {
        throw new StartRefusedException(misunderstood);
    }

    if (line.Command is PosternCommand.ShowHelp or PosternCommand.ShowVersion)
    {
        Console.WriteLine(line.Command == PosternCommand.ShowHelp ? CommandLine.Help : Version());
        return 0;
    }

    var options = Read(line.ConfigPath);
    database = options.DatabaseDisplayName;
    var clock = TimeProvider.System;
    return line.Command switch
    {
        PosternCommand.ResetAdmin => await ResetAdmin.RunAsync(options, SystemOperator.OfProcess(), clock, Console.Out),
        PosternCommand.RotateKeys => await RotateKeys.RunAsync(options, clock, Console.Out),
        PosternCommand.RewrapKeys => await RewrapKeys.RunAsync(options, Variable(RewrapKeys.NewKeyVariable), clock, Console.Out),
        PosternCommand.Import => await ImportCommand.RunAsync(options, line.Import!, SystemOperator.OfProcess(), clock, Console.Out, Console.Error, !Console.IsErrorRedirected),
        _ => await Serve.RunAsync(options, SystemOperator.OfProcess(), clock, Console.Out),
    };
}
catch (Exception e) when (Refusal.SentenceOf(e, database) is { } sentence)
{
    await Console.Error.WriteLineAsync(sentence);
    return Refusal.ExitCode;
}

static PosternOptions Read(string? configPath)
{
    var variables = Environment.GetEnvironmentVariables().Cast<DictionaryEntry>().ToDictionary(v => (string)v.Key, v => (string?)v.Value ?? "");
    var isDevelopment = (Variable("ASPNETCORE_ENVIRONMENT") ?? Variable("DOTNET_ENVIRONMENT")) == development;
    var read = PosternOptionsReader.Read(configPath, variables, isDevelopment, isDebugBuild, Environment.CurrentDirectory);
    return read.IsAccepted ? read.Options : throw new StartRefusedException(read.Refusal);
}

static string? Variable(string name) => Environment.GetEnvironmentVariable(name) is { Length: > 0 } value ? value : null;

static string Version() =>
    "postern " + Assembly.GetExecutingAssembly().GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion;
