using Postern.Directory.Objects;
using Postern.Directory.Objects.Kinds;

namespace Postern.Server.AdminConsole;

/// <summary>The addresses that the console shows pages under, beside <c>/</c>: an address that is none of them is nobody's.</summary>
internal static class ConsolePages
{
    /// <summary>Where a sign-in to the console returns to.</summary>
    public const string SignedIn = "/signed-in";

    /// <summary>First segments of an address.</summary>
    public static IReadOnlyList<string> Names { get; } =
    [
        SignedIn[1..], "connect", "me", "records", TokenKind.Kind.Plural, SessionKind.Kind.Plural, .. ObjectKinds.All.Select(kind => kind.Plural),
    ];
}
