using Postern.Storage.Databases;
using Postern.Tests.Fixtures;
using Xunit;

namespace Postern.Tests.Rfc9207;

/// <summary>Every answer names its issuer, so that a client of several servers sends no code to another one (mix-up).</summary>
public sealed class IssuerTests(Servers servers)
{
    [Fact]
    public async Task Success_and_error_name_the_issuer_of_the_metadata_in_query_and_form()
    {
        using var flow = await CodeFlow.StartAsync(await servers.OnAsync(DatabaseDriver.Sqlite));
        var metadata = await flow.Client.GetAsync("/.well-known/openid-configuration");

        var success = await flow.AuthorizeAsync();
        var error = await flow.AuthorizeAsync(("prompt", "nonsense"));
        var posted = (await flow.AuthorizeAsync(("response_mode", "form_post"))).Forms.Single();
        var postedError = (await flow.AuthorizeAsync(("response_mode", "form_post"), ("prompt", "nonsense"))).Forms.Single();

        Assert.Equal("True", metadata["authorization_response_iss_parameter_supported"]);
        Assert.All([success["iss"], error["iss"], posted["iss"], postedError["iss"]], iss => Assert.Equal(metadata["issuer"], iss));
        Assert.True(success["code"] is not null && posted["code"] is not null && error["error"] is not null && postedError["error"] is not null);
    }

    [Fact]
    public async Task The_fragment_of_an_implicit_answer_names_it_too()
    {
        using var flow = await CodeFlow.StartAsync(await servers.OnAsync(DatabaseDriver.Sqlite), """grant_types = '["token"]'""");

        var arrival = await flow.AuthorizeAsync(("response_type", "token"));

        Assert.NotNull(arrival["access_token"]);
        Assert.Equal(flow.Tenant.Server.Issuer, arrival["iss"]);
    }
}
