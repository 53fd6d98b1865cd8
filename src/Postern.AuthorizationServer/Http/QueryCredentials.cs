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
    public const string SwitchedOff = "Credentials in the address are switched off (credentialsInQuery): send them in the Authorization header";
    public const string OfAnotherSite = "Credentials in the address are not accepted from a page of another site";
    public const string OnReadsOnly = "An access token in the address is accepted for reads only: send it in the Authorization header";
    public const string TwoCallers = "The request has the credentials of two different clients: send one of them";

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
