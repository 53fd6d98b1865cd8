using Postern.Protocol;

namespace Postern.AuthorizationServer.Http;

/// <summary>
/// Credentials in the address of a call: Python, Rust, C++ and PHP send their client id and secret so, Java and .NET a user's token.
/// Proxies log addresses, so this is a risk; one setting turns it off (docs/casdoor-compatibility.md).
/// </summary>
/// <param name="ClientId">"" where id or secret is missing.</param>
/// <param name="Secret">The client's.</param>
/// <param name="AccessToken">"" where there is none.</param>
public readonly record struct QueryCredentials(string ClientId, string Secret, string AccessToken)
{
    public static readonly LocalizedText SwitchedOff = new(
        "Credentials in the address are switched off (credentialsInQuery): send them in the Authorization header",
        "已禁止在网址中发送凭据（credentialsInQuery）：请放在 Authorization 请求头中");

    public static readonly LocalizedText OfAnotherSite = new("Credentials in the address are not accepted from a page of another site", "不接受来自其他网站页面的网址凭据");

    public static readonly LocalizedText OnReadsOnly = new(
        "An access token in the address is accepted for reads only: send it in the Authorization header",
        "网址中的访问令牌只能用于读取：请放在 Authorization 请求头中");

    public static readonly LocalizedText TwoCallers = new("The request has the credentials of two different clients: send one of them", "请求中有两个不同客户端的凭据：请只发送一个");

    private static readonly string[] TokenNames = ["access_token", "accessToken"];

    public bool IsNone => ClientId is null or "" && AccessToken is null or "";

    public static QueryCredentials Of(HttpRequest request)
    {
        if (!request.QueryString.HasValue)
        {
            return default;
        }

        var query = request.Query;
        var (clientId, secret) = (query["clientId"].ToString(), query["clientSecret"].ToString());
        var token = TokenNames.Select(n => query[n].ToString()).FirstOrDefault(t => t.Length > 0) ?? "";
        return clientId.Length > 0 && secret.Length > 0 ? new(clientId, secret, token) : new("", "", token);
    }
}
