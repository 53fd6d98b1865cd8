using Postern.Storage.Databases;
using Postern.Tests.Fixtures;
using Xunit;

namespace Postern.Tests.Casdoor.Sdks;

/// <summary>Each habit of the published Casdoor client libraries, replayed (<c>requests.json</c>); <see cref="SdkExpectations"/> says what must come of it.</summary>
public sealed class SdkReplayTests(Servers servers)
{
    public static TheoryData<DatabaseDriver, string> Requests() => Databases.BothFor(SdkRequest.All.Select(r => r.Name));

    [Theory, MemberData(nameof(Requests))]
    public async Task A_client_library_gets_what_it_needs(DatabaseDriver driver, string name)
    {
        var request = SdkRequest.All.Single(r => r.Name == name);
        var world = await SdkWorld.OfAsync(await servers.OnAsync(driver), request);

        var answer = await world.SendAsync(request);

        await SdkExpectations.Of[name](world, answer);
    }

    [Fact]
    public void Every_recorded_request_has_an_expectation() =>
        Assert.Equal(SdkRequest.All.Select(r => r.Name).Order(StringComparer.Ordinal), SdkExpectations.Of.Keys.Order(StringComparer.Ordinal));
}
