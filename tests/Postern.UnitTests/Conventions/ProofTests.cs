using System.Text.RegularExpressions;
using Postern.Tests.Documentation;
using Postern.Tests.Fixtures;
using Xunit;

namespace Postern.UnitTests.Conventions;

/// <summary>A proof of an identity or an account is made where it is verified, and nowhere else.</summary>
public sealed partial class ProofTests
{
    private static readonly string[] Verifiers =
    [
        // The ticket was found, and its client is the caller.
        "src/Postern.Directory/Identities/AccountBinding.cs",
        // WeChat exchanged the code; the gate admitted the sign-in that the account is proved by.
        "src/Postern.AuthorizationServer/OAuth/Token/BindingTicketProofs.cs",
        // The session of the browser is recent.
        "src/Postern.AuthorizationServer/Pages/BindPage.cs",
        // WeChat exchanged the code.
        "src/Postern.AuthorizationServer/OAuth/Token/WeChatCodeProofs.cs",
        // The password was right, the code is of an identity of the account, or the sign-in is recent.
        "src/Postern.CasdoorApi/OwnApi/AccountProofs.cs",
    ];

    [Fact]
    public void Proofs_are_made_only_by_code_that_verifies() =>
        Assert.Equal(
            Verifiers.Order(StringComparer.Ordinal),
            MarkdownPage.Files("*.cs")
                .Where(f => f.StartsWith("src/", StringComparison.Ordinal) && Made().IsMatch(File.ReadAllText(Path.Combine(RepositoryFolder.Path, f))))
                .Order(StringComparer.Ordinal));

    [GeneratedRegex(@"\bnew (Identity|Account)Proof\(")]
    private static partial Regex Made();
}
