using Postern.Protocol;

namespace Postern.Directory.Credentials.Formats;

/// <summary>Every format of password hashes that is verified (docs/passwords.md).</summary>
public static class PasswordFormats
{
    /// <summary>A longer password, in characters, is hashed nowhere.</summary>
    public const int LongestPassword = 1000;

    public static readonly IReadOnlyList<PasswordFormat> All =
    [
        PasswordHashes.Format, Argon2Format.Format, BcryptFormat.Format, Pbkdf2Formats.Django, Pbkdf2Formats.Salted,
        SaltedFormats.Sha512, SaltedFormats.Sha256, SaltedFormats.Md5, SaltedFormats.Plain,
    ];

    private static readonly string Taken = string.Join(", ", All.Select(f => f.Type).Where(t => !IsOwn(t) && !IsClear(t)));

    /// <summary>Null where nothing can be compared with it: an unknown type, or no hash of its type.</summary>
    public static StoredHash? Read(string type, string hash) => hash.Length == 0 ? null : All.FirstOrDefault(f => f.Type == type)?.Read(hash);

    /// <summary>Whether a password of this <c>passwordType</c> is in clear text.</summary>
    public static bool IsClear(string type) => type is "" or "plain";

    /// <summary>Whether this names our own format, in whatever spelling.</summary>
    public static bool IsOwn(string type) => type.Trim().Equals(PasswordHashes.Type, StringComparison.OrdinalIgnoreCase);

    /// <summary>Whether a text in clear is a hash that names its own format: typed by a thief of the database, it would be the password.</summary>
    public static bool IsHash(string text) =>
        new[] { Argon2Format.Format, BcryptFormat.Format, Pbkdf2Formats.Django }.Any(f => f.Read(text) is not null);

    /// <summary>What is wrong with a password that a client, a file or another server brings. Our own format is made here and nowhere else.</summary>
    public static PasswordFault Judge(string type, string password) =>
        password.Length == 0 ? PasswordFault.None
        : IsClear(type) ? (password.Length > LongestPassword ? PasswordFault.TooLong : PasswordFault.None)
        : IsOwn(type) ? PasswordFault.OwnFormat
        : All.All(f => f.Type != type) ? PasswordFault.UnknownFormat
        : Read(type, password) is not { } hash ? PasswordFault.Malformed
        : hash.IsAffordable ? PasswordFault.None
        : PasswordFault.TooCostly;

    /// <summary>The sentence that refuses such a password, or null.</summary>
    public static LocalizedText? Refuse(string type, string password) => Judge(type, password) switch
    {
        PasswordFault.None => null,
        PasswordFault.TooLong => new LocalizedText($"The password must have at most {LongestPassword} characters", $"密码最多 {LongestPassword} 个字符"),
        PasswordFault.OwnFormat => Remedied(
            $"a password hash of the passwordType {PasswordHashes.Type} is made by this server alone",
            $"passwordType 为 {PasswordHashes.Type} 的密码哈希只能由本服务器生成"),
        PasswordFault.UnknownFormat => Remedied("no password can be verified with this passwordType", "无法用该 passwordType 验证密码"),
        PasswordFault.Malformed => Remedied($"the password is not a hash of the passwordType {type}", $"密码不是 passwordType {type} 的哈希"),
        _ => new LocalizedText(
            "the password hash costs too much to verify (at most: bcrypt cost 12; argon2id 65536 KiB of memory, and memory times passes 262144 KiB; "
                + $"PBKDF2 {Pbkdf2Formats.MostIterations} iterations): send a hash of a lower cost, or add the user without a password and set one with set-password",
            "验证该密码哈希的开销过大（上限：bcrypt cost 12；argon2id 内存 65536 KiB，内存乘以迭代次数 262144 KiB；"
                + $"PBKDF2 {Pbkdf2Formats.MostIterations} 次迭代）：请发送开销较低的哈希，或不带密码添加用户，再用 set-password 设置密码"),
    };

    private static LocalizedText Remedied(string english, string chinese) => new(
        $"{english}: send the password in clear text and leave passwordType out, or send a hash of one of the types {Taken}",
        $"{chinese}：请发送明文密码且不带 passwordType，或发送以下类型之一的哈希：{Taken}");
}

/// <summary>Why a password that comes from elsewhere is not taken.</summary>
public enum PasswordFault
{
    None,
    TooLong,
    OwnFormat,
    UnknownFormat,
    Malformed,
    TooCostly,

    /// <summary>A hash, said to be a password in clear text.</summary>
    HashAsPassword,

    /// <summary>A salt that is no base64, of which another server took a part.</summary>
    BrokenSalt,
}
