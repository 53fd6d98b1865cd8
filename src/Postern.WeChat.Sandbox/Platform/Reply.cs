using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Postern.WeChat.Sandbox.Platform;

/// <summary>One answer before it is sent. The two families differ in content type and in how the rid is joined (sections 0.2, 0.3).</summary>
internal readonly record struct Reply(string Json, string ContentType)
{
    private const string Sns = "text/plain";
    private const string CgiBin = "application/json; encoding=utf-8";

    public static Reply OfSns(string json) => new(json, Sns);

    public static Reply OfCgiBin(string json) => new(json, CgiBin);

    public static Reply SnsError(int errCode, SandboxClock clock, string? text = null) =>
        OfSns($$"""{"errcode":{{errCode}},"errmsg":"{{text ?? TextOf(errCode)}}, rid: {{NewRid(clock.Now)}}"}""");

    public static Reply CgiBinError(int errCode, SandboxClock clock, string? text = null) =>
        OfCgiBin($$"""{"errcode":{{errCode}},"errmsg":"{{text ?? TextOf(errCode)}} rid: {{NewRid(clock.Now)}}"}""");

    private static string NewRid(DateTimeOffset now)
    {
        Span<byte> random = stackalloc byte[8];
        RandomNumberGenerator.Fill(random);
        var hex = Convert.ToHexStringLower(random);
        return string.Create(CultureInfo.InvariantCulture, $"{now.ToUnixTimeSeconds():x8}-{hex.AsSpan(0, 8)}-{hex.AsSpan(8, 8)}");
    }

    internal static string TextOf(int errCode) => errCode switch
    {
        -1 => "system error",
        40001 => "invalid credential, access_token is invalid or not latest",
        40002 => "invalid grant_type",
        40003 => "invalid openid",
        40013 => "invalid appid",
        40029 => "invalid code",
        40125 => "invalid appsecret",
        40163 => "code been used",
        40226 => "code blocked",
        40243 => "appsecret is frozen",
        41001 => "access_token missing",
        41002 => "appid missing",
        41004 => "appsecret missing",
        41008 => "missing code",
        41009 => "missing openid",
        42001 => "access_token expired",
        43002 => "require POST method",
        44002 => "empty post data",
        44990 => "reach max api second frequence limit",
        45009 => "reach max api daily quota limit",
        45011 => "api minute-quota reach limit, must slower, retry next minute",
        47001 => "data format error",
        48001 => "api unauthorized",
        87008 => "invalid sig_method",
        87009 => "invalid signature",
        89503 => "this ip is not in whitelist, wait for the administrator to confirm",
        _ => "error",
    };

    public byte[] ToBytes() => Encoding.UTF8.GetBytes(Json);
}
