using Postern.Bench;
using Postern.Bench.Baselines;
using Postern.Bench.Load;
using Postern.Bench.Processes;
using Postern.Bench.Reporting;
using Postern.Bench.Sections;
using Postern.Bench.Storage;

// The load generator, WeChat's stand-in and the baselines are this same program in processes of their own.
switch (args)
{
    case ["--role", Roles.Load]:
        using (var wechat = new WeChatStub(Roles.WeChatDelay))
        {
            new LoadGenerator(wechat).Serve(Console.In, Console.Out);
        }

        return 0;
    case ["--role", Roles.WeChat]:
        using (var wechat = new WeChatStub(TimeSpan.Zero))
        {
            Console.WriteLine(wechat.Port);
            await Console.In.ReadToEndAsync();
        }

        return 0;
    case ["--role", Roles.Baseline, var engine, var connectionString]:
        await BaselineServer.RunAsync(Enum.Parse<Engine>(engine), connectionString, Console.In, Console.Out);
        return 0;
}

if (BenchOptions.Parse(args, out var refusal) is not { } options)
{
    Console.Error.WriteLine(refusal);
    return 2;
}

await using var stand = await TestStand.StartAsync(options);
var report = new Report();
await report.DescribeMachineAsync(options);
foreach (var engine in options.Engines)
{
    await using var few = await Filled.CreateAsync(stand, engine, options.FewUsers, tokens: 0);
    if (options.Has("start"))
    {
        await StartUps.MeasureAsync(stand, few, report);
    }

    if (options.Has("sign-in"))
    {
        await SignIns.MeasureAsync(stand, few, report);
    }

    if (options.Has("oauth"))
    {
        await OAuthEndpoints.MeasureAsync(stand, few, report);
    }

    if (options.Has("growth"))
    {
        await using var many = await Filled.CreateAsync(stand, engine, options.ManyUsers, options.ManyTokens);
        await Growth.MeasureAsync(stand, few, many, report);
    }

    if (options.Has("objects") || options.Has("console"))
    {
        await using var many = await Filled.CreateAsync(stand, engine, options.ManyUsers, tokens: 0);
        if (options.Has("objects"))
        {
            await ObjectCalls.MeasureAsync(stand, few, many, ObjectRequests.All, report);
        }

        if (options.Has("console"))
        {
            await ObjectCalls.MeasureAsync(stand, few, many, ConsoleRequests.All, report);
        }
    }

    if (options.Has("objects") && engine == Engine.Postgres)
    {
        await using var casdoor = await Filled.CreateAsync(stand, engine, options.CasdoorUsers, tokens: 0);
        await BesideCasdoor.MeasureAsync(stand, casdoor, report);
    }
}

report.PrintMarkdown();
return 0;
