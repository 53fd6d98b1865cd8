using Postern.AuthorizationServer.Authorize;
using Postern.Protocol;
using Postern.Storage.Tables;

namespace Postern.CasdoorApi.Accounts;

/// <summary>An authorization request in the names that Casdoor's pages give its parameters, judged by the same rules as any other.</summary>
internal static class AppLoginRequest
{
    private static readonly (string Casdoor, string Standard)[] Names =
    [
        ("clientId", "client_id"), ("responseType", "response_type"), ("redirectUri", "redirect_uri"), ("scope", "scope"), ("state", "state"),
        ("nonce", "nonce"), ("code_challenge", "code_challenge"), ("code_challenge_method", "code_challenge_method"), ("resource", "resource"),
    ];

    public static string ClientId(HttpContext context) => context.Request.Query["clientId"].ToString();

    public static AuthorizationReading Read(HttpContext context, Application application)
    {
        var parameters = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (casdoor, standard) in Names)
        {
            if (context.Request.Query[casdoor].ToString() is { Length: > 0 } value)
            {
                parameters[standard] = value;
            }
        }

        // A page that has no challenge sends the word.
        if (parameters.GetValueOrDefault("code_challenge") == "null")
        {
            parameters.Remove("code_challenge");
            parameters.Remove("code_challenge_method");
        }

        return AuthorizationReader.Read(application, parameters);
    }

    /// <summary>Casdoor's sentence where it has one for this, else ours.</summary>
    public static LocalizedText Sentence(AuthorizationReading reading) => reading switch
    {
        { Target: null, Refusal.Description: "redirect_uri is missing" } => new(
            "Redirect URI:  doesn't exist in the allowed Redirect URI list", "缺少 redirect_uri，它必须在允许的重定向 URI 列表中"),
        { Target: null } => new(
            "Redirect URI: the one that was sent doesn't exist in the allowed Redirect URI list", "所发送的重定向 URI 不在允许的列表中"),
        { Refusal.Code: "invalid_scope" } => new("Invalid scope", "scope 无效"),
        { Refusal.Code: "invalid_target" } => new("resource must be an absolute URI", "resource 必须是绝对 URI"),
        { Refusal.Description: "code_challenge_method must be S256" } => new("Challenge method should be S256", "code_challenge_method 必须是 S256"),
        { Refusal: { } refusal } => refusal.Text,
        _ => LocalizedText.None,
    };
}
