namespace Postern.Directory.Objects.Kinds;

/// <summary>Invitation: a code that opens a sign-up.</summary>
internal static class InvitationKind
{
    public static readonly ObjectKind Kind = ObjectKind.Shared("invitation", "invitations", "Invitation",
            """
            owner N, name N, createdTime S, updatedTime S, displayName S, code S, isRegexp B, quota I(0..1000000000),
            usedCount I(0..1000000000), application S, username S, email S, phone S, signupGroup S, defaultCode S, state S
            """) with
    {
        IsKeptOnly = true,
    };
}
