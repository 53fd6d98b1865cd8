using System.Net.Sockets;
using Postern.WeChat.Sandbox;

if (Environment.GetEnvironmentVariable("ASPNETCORE_ENVIRONMENT") == "Production")
{
    await Console.Error.WriteLineAsync("The sandbox lets anyone be anyone: it does not start in Production.");
    return 2;
}

var port = SandboxOptions.DefaultPort;
if (args is ["--port", var text] && (!int.TryParse(text, out port) || port is < 0 or > 65535))
{
    await Console.Error.WriteLineAsync($"--port {text}: a port is a number from 0 to 65535.");
    return 2;
}

try
{
    await using var sandbox = await SandboxHost.StartAsync(new SandboxOptions { Port = port });
    Console.WriteLine(
        $"""
        WeChat sandbox on {sandbox.Address}
        A login code:  curl -s -X POST '{sandbox.Address}sandbox/code?appid={SandboxApp.Demo.AppId}&persona=mei'
        A fault:       curl -s {sandbox.Address}sandbox/faults -d '{"{"}"route":"jscode2session","times":1,"fault":{"{"}"errCode":-1{"}}"}'
        """);
    await sandbox.WaitForShutdownAsync();
    return 0;
}
catch (IOException e) when (e.InnerException is Microsoft.AspNetCore.Connections.AddressInUseException or SocketException)
{
    await Console.Error.WriteLineAsync($"Port {port} is taken: stop what listens there, or name another one with --port.");
    return 2;
}
