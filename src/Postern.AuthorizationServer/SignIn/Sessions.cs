using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Dapper;
using Postern.AuthorizationServer.SignIn.Gate;
using Postern.Storage.Databases;
using Postern.Storage.Tables;

namespace Postern.AuthorizationServer.SignIn;

/// <summary>A session that is valid now, and its user, who may still sign in.</summary>
/// <param name="User">Whose it is.</param>
/// <param name="Hash">SHA-256 of its cookie.</param>
/// <param name="CreatedTime">When the user was authenticated.</param>
/// <param name="Amr">How: values of RFC 8176, with spaces between.</param>
public sealed record FoundSession(User User, string Hash, long CreatedTime, string Amr);

/// <summary>Browsers' sign-ins at us: a row each, found by the SHA-256 of a cookie.</summary>
public sealed class Sessions(Database database, AuthorizationServerOptions options, TimeProvider clock)
{
    public const string Cookie = "postern_session";

    /// <summary>The method of a password (RFC 8176 §2).</summary>
    public const string PasswordMethod = "pwd";

    private const int DefaultHours = 720;
    private const int HoursWithoutAutoSignin = 24;

    // A century: far below the largest date.
    private const int LongestHours = 876_000;

    /// <summary>Every sign-in has a new value, so that one planted before it opens nothing after it (session fixation).</summary>
    public NewSession Prepare(Admission admission, bool isPersistent, string amr)
    {
        var hours = admission.Application.CookieExpireInHours;
        var value = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));
        var lifetime = hours <= 0 ? DefaultHours : Math.Min(hours, LongestHours);
        if (!isPersistent)
        {
            lifetime = Math.Min(lifetime, HoursWithoutAutoSignin);
        }

        var now = clock.GetUtcNow();
        return new(value, Hash(value), admission.User.Id, now.ToUnixTimeMilliseconds(), now.AddHours(lifetime).ToUnixTimeMilliseconds(), isPersistent) { Amr = amr };
    }

    /// <summary>The session of the request's cookie, or null.</summary>
    public async Task<FoundSession?> FindAsync(HttpContext context)
    {
        if (HashOf(context.Request) is not { } hash)
        {
            return null;
        }

        var now = clock.GetUtcNow().ToUnixTimeMilliseconds();
        return await database.ReadAsync(async connection =>
        {
            var (userId, created, amr) = await connection.QuerySingleOrDefaultAsync<(string?, long, string)>(
                "select user_id, created_time, amr from sessions where hash = @hash and expires_time > @now", new { hash, now });
            var user = userId is null ? null : await Users.FindByIdAsync(connection, userId);
            return user is { IsForbidden: false, IsDeleted: false } && (options.HasSandbox || !user.IsDemo) ? new FoundSession(user, hash, created, amr) : null;
        }, context.RequestAborted);
    }

    /// <summary>The hash of the cookie that a browser brings, whether or not there is such a session.</summary>
    public static string? HashOf(HttpRequest request) => request.Cookies[Cookie] is { Length: > 0 } value ? Hash(value) : null;

    public void SetCookie(HttpContext context, NewSession session)
    {
        var cookie = Attributes();
        cookie.MaxAge = session.IsPersistent ? TimeSpan.FromMilliseconds(session.ExpiresTime - session.CreatedTime) : null;
        context.Response.Cookies.Append(Cookie, session.Value, cookie);
    }

    public void DeleteCookie(HttpContext context) => context.Response.Cookies.Delete(Cookie, Attributes());

    private CookieOptions Attributes() => new()
    {
        HttpOnly = true,
        SameSite = SameSiteMode.Lax,
        Secure = options.Origin.StartsWith("https:", StringComparison.OrdinalIgnoreCase),
        Path = "/",
    };

    private static string Hash(string value) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(value)));
}
