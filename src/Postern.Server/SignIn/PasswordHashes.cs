using Microsoft.AspNetCore.Identity;

namespace Postern.Server.SignIn;

/// <summary>Our own kind of password hash: ASP.NET Core Identity's, which carries its salt and cost in the text.</summary>
public static class PasswordHashes
{
    /// <summary>The <c>passwordType</c> of a user whose password we hashed.</summary>
    public const string Type = "postern";

    private static readonly PasswordHasher<object> Hasher = new();
    private static readonly object Nobody = new();

    public static string Hash(string password) => Hasher.HashPassword(Nobody, password);

    public static bool Verify(string hash, string password)
    {
        try
        {
            return Hasher.VerifyHashedPassword(Nobody, hash, password) != PasswordVerificationResult.Failed;
        }
        catch (FormatException)
        {
            // Not base64: an imported hash under our type's name. It opens nothing.
            return false;
        }
    }
}
