using System.Globalization;
using System.Net.Sockets;
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
catch (Exception e) when (e is IOException or SocketException)
{
    await Console.Error.WriteLineAsync(e.GetBaseException() is SocketException { SocketErrorCode: SocketError.AccessDenied }
        ? $"Port {port} (--port) may not be listened on by this user: take one of 1024 or more. 当前用户无权监听端口 {port}，请改用 1024 以上的端口。"
        : $"Port {port} (--port) cannot be listened on: stop what listens there, or take another. 端口 {port} 已被占用，请停止占用它的进程或改用其他端口。");
    return 2;
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
