using System.Globalization;
using Postern.WeChat.Sandbox;

var port = args is ["--port", var text] ? int.Parse(text, CultureInfo.InvariantCulture) : 8001;
Sandbox sandbox;
try
{
    sandbox = await SandboxHost.StartAsync(new SandboxOptions { Port = port, EndsWithConsole = true });
}
catch (InvalidOperationException refusal)
{
    await Console.Error.WriteLineAsync(refusal.Message);
    return 1;
}

await using (sandbox)
{
    var demo = SandboxApp.Demo;
    Console.WriteLine($"""
        WeChat sandbox: {sandbox.BaseUri}

        CODE=$(curl -s -X POST '{sandbox.BaseUri}sandbox/code?appid={demo.AppId}&persona=alice')
        curl "{sandbox.BaseUri}sns/jscode2session?appid={demo.AppId}&secret={demo.AppSecret}&js_code=$CODE&grant_type=authorization_code"
        """);
    await sandbox.WaitForShutdownAsync();
}

return 0;
