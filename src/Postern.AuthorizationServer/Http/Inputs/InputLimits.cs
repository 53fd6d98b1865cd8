using System.Collections.Frozen;
using System.Text;
using Postern.Protocol;

namespace Postern.AuthorizationServer.Http.Inputs;

/// <summary>
/// The longest value of each input in bytes of UTF-8, by its name and so by its meaning. Every reader of queries, forms, JSON,
/// paths and credentials asks here before a value is looked up or kept, and <c>/openapi/v1.json</c> says the same as maxLength.
/// </summary>
public static class InputLimits
{
    /// <summary>What the table does not name: ids, search words, codes, numbers.</summary>
    public const int Default = 1024;

    public const int Name = 255;
    public const int Address = 2048;
    public const int Scope = 4096;

    /// <summary>A client may keep in it what it needs after the redirect.</summary>
    public const int State = 8 * 1024;

    /// <summary>A password has at most 1,000 characters.</summary>
    public const int Secret = 4 * 1024;

    /// <summary>Of which 100 characters are kept, as a reader sees them: one of them may be many code points.</summary>
    public const int Nickname = 16 * 1024;

    /// <summary>A message of 10,000 characters.</summary>
    public const int Text = 40 * 1024;

    /// <summary>A JWT that tells 200 roles and permissions of its user as whole objects has more than 100 KB.</summary>
    public const int Token = 256 * 1024;

    /// <summary>A value that the request line carries, percent-encoded.</summary>
    public const int Line = 32 * 1024;

    /// <summary>More than any request of this API needs.</summary>
    public const int MostParameters = 200;

    /// <summary>A string of a JSON body that the table does not name: a rule of a policy, a value to judge.</summary>
    public const int DefaultInJson = 16 * 1024;

    private static readonly FrozenDictionary<string, int> ByName = new (int Limit, string Names)[]
    {
        (Name, "organization organizationName owner user username userOwner userName name login_hint"),
        (Address, "redirect_uri redirectUri post_logout_redirect_uri resource nonce jwks_uri client_uri logo_uri policy_uri tos_uri"),
        (Scope, "scope claims"),
        (State, "state columns"),
        (Secret, "password oldPassword newPassword new_password new_password_again client_secret clientSecret"),
        (Nickname, "nickname"),
        (Text, "text object"),
        (Token, "token access_token accessToken refresh_token id_token_hint subject_token actor_token assertion client_assertion"),
        (Line, "return request"),
    }.SelectMany(row => row.Names.Split(' ').Select(name => KeyValuePair.Create(name, row.Limit))).ToFrozenDictionary(StringComparer.Ordinal);

    public static int Of(string name) => ByName.GetValueOrDefault(name, Default);

    public static int OfJson(string name) => ByName.GetValueOrDefault(name, DefaultInJson);

    /// <summary>The sentence for a value that is too long under its name, or for a name that is; null where both are good.</summary>
    public static LocalizedText? Refuse(string name, string value) =>
        Exceeds(name, Name) ? NameTooLong : Exceeds(value, Of(name)) ? TooLong(name, Of(name)) : null;

    /// <summary>The same for a string of a JSON body.</summary>
    /// <param name="name">Of its property; null for the body itself.</param>
    /// <param name="value">What was sent.</param>
    public static LocalizedText? RefuseJson(string? name, string value) =>
        name is not null && Exceeds(name, Name) ? NameTooLong
        : !Exceeds(value, OfJson(name ?? "")) ? null
        : name is null ? new LocalizedText($"the body is too long: at most {OfJson("")} bytes of UTF-8", $"请求体过长：最多 {OfJson("")} 字节（UTF-8）")
        : TooLong(name, OfJson(name));

    /// <summary>Whether a text has more bytes than that; most texts are judged by their number of characters alone.</summary>
    public static bool Exceeds(string text, int bytes) => text.Length > bytes || (text.Length > bytes / 3 && Encoding.UTF8.GetByteCount(text) > bytes);

    private static LocalizedText NameTooLong => new($"the name of a parameter is too long: at most {Name} bytes", $"参数名过长：最多 {Name} 字节");

    private static LocalizedText TooLong(string name, int bytes) =>
        new($"{name} is too long: at most {bytes} bytes of UTF-8", $"{name} 过长：最多 {bytes} 字节（UTF-8）");
}
