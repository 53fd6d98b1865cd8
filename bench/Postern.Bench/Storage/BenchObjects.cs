namespace Postern.Bench.Storage;

/// <summary>The organization, the two applications and the Mini Program that all figures are taken on.</summary>
public static class BenchObjects
{
    public const string TokenPath = "/api/login/oauth/access_token";
    public const string Organization = "bench";
    public const string AppId = "wx0123456789abcdef";
    public const string ClientRs256 = "bench-rs256";
    public const string ClientEs256 = "bench-es256";

    public const string SecretRs256 = "bench-secret-rs256";
    public const string SecretEs256 = "bench-secret-es256";
    public const string UserName = "bencher";
    public const string Password = "bench-Password-1";

    private const string InitData =
        """
        {
          "organizations": [{"owner": "admin", "name": "bench"}],
          "providers": [
            {"owner": "admin", "name": "bench-mini", "category": "OAuth", "type": "WeChatMiniProgram",
             "clientId": "wx0123456789abcdef", "clientSecret": "0123456789abcdef0123456789abcdef"}
          ],
          "applications": [
            {"owner": "admin", "name": "bench-rs256", "organization": "bench", "clientId": "bench-rs256", "clientSecret": "bench-secret-rs256",
             "enableSignUp": true, "providers": [{"name": "bench-mini"}], "tokenSigningMethod": "RS256",
             "enablePassword": true, "tokenFormat": "JWT-Standard", "grantTypes": ["client_credentials"], "redirectUris": ["http://127.0.0.1/cb"]},
            {"owner": "admin", "name": "bench-es256", "organization": "bench", "clientId": "bench-es256", "clientSecret": "bench-secret-es256",
             "enableSignUp": true, "providers": [{"name": "bench-mini"}], "tokenSigningMethod": "ES256",
             "enablePassword": true, "tokenFormat": "JWT-Standard", "grantTypes": ["client_credentials"], "redirectUris": ["http://127.0.0.1/cb"]}
          ],
          "users": [{"owner": "bench", "name": "bencher", "password": "bench-Password-1", "signupApplication": "bench-rs256"}]
        }
        """;

    /// <summary>Writes them as an <c>init_data.json</c>, so that a first start of the server makes them.</summary>
    /// <returns>The file's path.</returns>
    public static string WriteFile(string folder)
    {
        var path = Path.Combine(folder, "init_data.json");
        File.WriteAllText(path, InitData);
        return path;
    }
}
