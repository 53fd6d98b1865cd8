using System.Security.Cryptography;
using Postern.Directory.Objects;
using Postern.Storage.Databases;

namespace Postern.Server.FirstStart;

/// <summary>A new password of the administrator, and where the operator finds it.</summary>
public sealed record AdminPassword(string Text, bool IsGiven, string? File)
{
    private const int ShortestGiven = 6;
    private const int Groups = 4;
    private const int GroupLength = 6;

    // Nothing that is misread when it is copied by eye.
    private const string Readable = "abcdefghjkmnpqrstuvwxyz23456789";

    /// <summary>The operator's own, or a random one of 118 bits.</summary>
    /// <exception cref="StartRefusedException">The operator's own is too short.</exception>
    public static AdminPassword Choose(SystemOperator person)
    {
        if (person.GivenPassword is not { } given)
        {
            var groups = Enumerable.Range(0, Groups).Select(_ => RandomNumberGenerator.GetString(Readable, GroupLength));
            return new AdminPassword(string.Join('-', groups), false, person.ReadsTerminal ? null : person.PasswordFile);
        }

        return given.Length >= ShortestGiven
            ? new AdminPassword(given, true, null)
            : throw new StartRefusedException($"{SystemOperator.PasswordVariable} is refused: the administrator's password must have at least {ShortestGiven} characters.");
    }

    /// <summary>Writes the file, where there is one; before the commit, so that no password is lost.</summary>
    public void Keep()
    {
        if (File is null)
        {
            return;
        }

        try
        {
            var fresh = File + ".new";
            if (System.IO.File.Exists(fresh))
            {
                System.IO.File.Delete(fresh);
            }

            PrivateFile.Write(fresh, Text + "\n");
            System.IO.File.Move(fresh, File, overwrite: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StartRefusedException(
                $"The administrator's password cannot be written to {File}: make its folder writable, or state a password in {SystemOperator.PasswordVariable}.", e);
        }
    }
}
