using System.Buffers.Binary;

namespace Postern.Tests.SignIn;

/// <summary>Texts of password hashes at a cost that a test chooses.</summary>
internal static class PasswordHashTexts
{
    public const string Bcrypt = "CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW";

    public static string Own(uint iterations, int keyLength)
    {
        var bytes = new byte[13 + 16 + keyLength];
        bytes[0] = 1;
        BinaryPrimitives.WriteUInt32BigEndian(bytes.AsSpan(1), 2);
        BinaryPrimitives.WriteUInt32BigEndian(bytes.AsSpan(5), iterations);
        BinaryPrimitives.WriteUInt32BigEndian(bytes.AsSpan(9), 16);
        return Convert.ToBase64String(bytes);
    }

    public static string Argon(long memory, long passes, int lanes) =>
        FormattableString.Invariant($"$argon2id$v=19$m={memory},t={passes},p={lanes}$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4");

    public static string Django(long iterations) => FormattableString.Invariant($"pbkdf2_sha256${iterations}$salt$YywoEuRtRgQQK6dhjp1tfS+BKPYma0oDJk0qBGC33LM=");
}
