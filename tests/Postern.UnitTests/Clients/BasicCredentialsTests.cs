using System.Text;
using Postern.AuthorizationServer.OAuth.Clients;
using Postern.Tests.Documentation;
using Postern.Tests.Fixtures;
using Xunit;

namespace Postern.UnitTests.Clients;

/// <summary>The header Authorization with the scheme Basic (RFC 7617 §2, RFC 6749 §2.3.1).</summary>
public sealed class BasicCredentialsTests
{
    [Theory]
    [InlineData("id:secret", "id", "secret")]
    [InlineData("id:", "id", "")]
    [InlineData("id:a:b", "id", "a:b")]
    [InlineData("a%3Ab+c:%C3%A9", "a:b c", "é")]
    public void Credentials_are_decoded(string pair, string id, string secret)
    {
        Assert.True(BasicCredentials.TryHeader("basic  " + Encode(pair), out var read));
        Assert.Equal((id, secret), (read!.ClientId, read.Secret));
        Assert.True(read.IsOf(pair.Split(':')[0]));
    }

    [Theory]
    [InlineData("Basic")]
    [InlineData("Basic not-base64!")]
    [InlineData("Basic aWQ=")]
    public void A_header_that_cannot_be_read_is_Basic_without_credentials(string header)
    {
        Assert.True(BasicCredentials.TryHeader(header, out var read));
        Assert.Null(read);
    }

    [Theory]
    [InlineData("")]
    [InlineData("Bearer aWQ6c2VjcmV0")]
    [InlineData("Basics aWQ6c2VjcmV0")]
    public void Another_scheme_is_not_Basic(string header)
    {
        Assert.False(BasicCredentials.TryHeader(header, out var read));
        Assert.Null(read);
    }

    [Fact]
    public void No_other_file_reads_the_header_Basic()
    {
        var readers = MarkdownPage.Files("*.cs")
            .Where(f => f.StartsWith("src/Postern.", StringComparison.Ordinal) && File.ReadAllText(Path.Combine(RepositoryFolder.Path, f)).Contains("\"Basic\"", StringComparison.Ordinal));

        Assert.Equal(["src/Postern.AuthorizationServer/OAuth/Clients/BasicCredentials.cs"], readers);
    }

    private static string Encode(string pair) => Convert.ToBase64String(Encoding.UTF8.GetBytes(pair));
}
