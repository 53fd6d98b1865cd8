using System.Text.Json;
using System.Text.Json.Nodes;
using Postern.Protocol;
using Postern.Server.Casdoor.Objects;
using Postern.Server.Casdoor.Tokens;
using Postern.Server.Data;
using Postern.Server.Hosting;
using Postern.Server.OAuth;

namespace Postern.Server.Casdoor.Accounts;

/// <summary><c>GET|POST /api/userinfo</c> (OpenID Connect Core §5.3, contract 1.16): not in the envelope.</summary>
internal static class UserInfoEndpoint
{
    public static async Task<IResult> HandleAsync(HttpContext context)
    {
        var identified = await IdentifyAsync(context);
        var caller = identified.Caller;
        if (caller.Kind == CallerKind.Nobody)
        {
            TokenChallenge.Set(context, identified);
            return identified.Refusal is { } refusal
                ? Envelope.Denied(refusal)
                : Envelope.Error(GetAccountEndpoint.LoginFirst, GetAccountEndpoint.LoginFirst);
        }

        var user = caller.User;
        if (user is null)
        {
            var sent = context.Request.Query["userId"].ToString();
            if (!ObjectId.TryRead(sent, out var id) || !caller.IsAdminOf(id.Owner))
            {
                return sent.Length > 0 ? Envelope.Denied() : Envelope.Error($"The user: app/{caller.Name} doesn't exist");
            }

            user = await context.RequestServices.GetRequiredService<Database>().ReadAsync(c => Users.FindAsync(c, id.Owner, id.Name), context.RequestAborted);
            if (user is null)
            {
                return Envelope.Error($"The user: {sent} doesn't exist");
            }
        }

        user.Holdings = await context.RequestServices.GetRequiredService<Database>().ReadAsync(c => HoldingsReader.OfAsync(c, user), context.RequestAborted);
        context.Response.Headers.CacheControl = "no-store";
        return Results.Text(Claims(user, caller, context.RequestServices.GetRequiredService<PosternOptions>().Origin).ToJsonString(ObjectStore.Plain),
            "application/json; charset=utf-8");
    }

    /// <summary>The header, or the body of a posted form (RFC 6750 §2.2), which a strict client may use.</summary>
    private static async Task<Identified> IdentifyAsync(HttpContext context)
    {
        var request = context.Request;
        if (HttpMethods.IsPost(request.Method) && request.Headers.Authorization.Count == 0
            && request.ContentType?.StartsWith("application/x-www-form-urlencoded", StringComparison.OrdinalIgnoreCase) == true)
        {
            var sent = await OAuthRequest.ReadAsync(request, context.RequestAborted);
            if (!sent.IsRefused(out _, out var form) && form!["access_token"] is { } token && request.Query["access_token"].Count == 0)
            {
                return await context.RequestServices.GetRequiredService<Callers>().OfTokenAsync(context, token, Opens.UserInfo);
            }
        }

        return await context.RequestServices.GetRequiredService<Callers>().IdentifyAsync(context, Opens.UserInfo);
    }

    private static JsonObject Claims(User user, Caller caller, string issuer)
    {
        var claims = new JsonObject { ["sub"] = user.Id, ["iss"] = issuer, ["aud"] = caller.Client?.ClientId ?? "" };
        var scopes = (caller.Token?.Scope ?? "").Split(' ', StringSplitOptions.RemoveEmptyEntries);
        var fields = JsonSerializer.Deserialize<string[]>(caller.Client?.TokenFields ?? "[]") ?? [];
        using var own = new UserClaims(user);
        if (scopes.Contains("profile"))
        {
            Add("preferred_username", "Name", user.Name);
            Add("name", "DisplayName", user.DisplayName);
            Add("picture", "Avatar", user.Avatar);
            AddNames("groups", "Groups", own.Holdings.Groups);
            AddNames("roles", "Roles", own.Holdings.RoleNames);
            AddNames("permissions", "Permissions", own.Holdings.PermissionNames);
            Add("real_name", "RealName", own.Value("realName"));
        }

        if (scopes.Contains("email") && user.Email.Length > 0 && IsTold("Email"))
        {
            claims["email"] = user.Email;
            // Absent where it is not true: some clients read a text here, and none of them a false.
            if (own.IsEmailVerified)
            {
                claims["email_verified"] = true;
            }
        }

        if (scopes.Contains("address"))
        {
            Add("address", "Location", own.Value("location"));
        }

        if (scopes.Contains("phone"))
        {
            Add("phone", "Phone", user.Phone);
        }

        return claims;

        bool IsTold(string field) => fields.Length == 0 || fields.Contains(field, StringComparer.OrdinalIgnoreCase);

        void AddNames(string claim, string field, IEnumerable<string> names)
        {
            if (IsTold(field) && names.Select(n => (JsonNode)n).ToArray() is { Length: > 0 } some)
            {
                claims[claim] = new JsonArray(some);
            }
        }

        void Add(string claim, string field, string value)
        {
            if (value.Length > 0 && IsTold(field))
            {
                claims[claim] = value;
            }
        }
    }
}
