using Postern.Directory.Objects;
using Postern.Server.AdminConsole;
using Postern.Server.Configuration;
using Postern.Server.FirstStart;
using Postern.Storage.Tables;

namespace Postern.Server.Hosting;

/// <summary>What a start prints for the person who started it.</summary>
internal static class Banner
{
    /// <param name="output">Where to.</param>
    /// <param name="options">The settings.</param>
    /// <param name="report">What the start made.</param>
    /// <param name="port">That it listens on.</param>
    /// <param name="hasSandbox">Whether a sandbox of ours answers at wechatEndpoint: only there do the demo's lines work.</param>
    public static void Write(TextWriter output, PosternOptions options, StartReport report, int port, bool hasSandbox)
    {
        output.WriteLine(
            $"""
            Postern listens on http://localhost:{port} (issuer {options.Origin}).
            Database 数据库: {options.DatabaseDisplayName}
            Console 控制台: {(ConsoleFiles.IsIn(options.ConsoleDirectory) ? options.OriginFrontend + "/" : "none, this was built without Node.js 20; install it and build again 构建时没有 Node.js 20，请安装后重新构建")}
            """);
        WriteMade(output, report);
        if (report.DemoClientId is { } clientId && hasSandbox)
        {
            WriteDemo(output, options, clientId, port);
        }

        output.Flush();
    }

    /// <summary>What this start made and no later one will show again.</summary>
    public static void WriteMade(TextWriter output, StartReport report)
    {
        if (report.MadeMasterKeyFile is { } file)
        {
            output.WriteLine(
                $"""
                Master key 主密钥: made in {file}. Back it up apart from the database: without it nobody can read the secrets.
                  已生成，请与数据库分开备份；丢失后机密数据无法恢复。
                """);
        }

        if (report.MadeAdministrator is { } password)
        {
            WriteAdministrator(output, password);
        }
    }

    public static void WriteAdministrator(TextWriter output, AdminPassword password)
    {
        var where = password switch
        {
            { IsGiven: true } => $"password 密码: the one in {SystemOperator.PasswordVariable}",
            { File: { } file } => $"password 密码: in the file {file}; read it, then delete it 读取后请删除该文件",
            _ => $"password 密码: {password.Text}",
        };
        output.WriteLine($"Administrator 管理员: {Organizations.BuiltIn}/{Users.AdministratorName}, {where}");
    }

    private static void WriteDemo(TextWriter output, PosternOptions options, string clientId, int port)
    {
        if (DevelopmentSandbox.DemoMiniProgram is not { } miniProgram)
        {
            return;
        }

        var sandbox = options.WechatEndpoint.GetLeftPart(UriPartial.Authority);
        const string kept = "\"${TMPDIR:-/tmp}/postern-signin.json\"";
        output.WriteLine(
            $$"""
            Demo application's client id 演示应用: {{clientId}}; WeChat sandbox 微信沙箱: {{sandbox}}
            Sign a Mini Program user in, then read the account 登录小程序用户并读取账号:

            curl -s http://localhost:{{port}}/api/login/oauth/access_token -d tag=wechat_miniprogram -d client_id={{clientId}} -d code="$(curl -s -X POST '{{sandbox}}/sandbox/code?appid={{miniProgram.AppId}}&persona=mei')" -d username=Mei | tee {{kept}}
            curl -s http://localhost:{{port}}/api/get-account -H "Authorization: Bearer $(sed -n 's/.*"access_token":"\([^"]*\)".*/\1/p' {{kept}})"

            """);
    }
}
