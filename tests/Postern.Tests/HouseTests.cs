using Xunit;

namespace Postern.Tests;

public sealed class HouseTests
{
    [Fact]
    public void The_build_is_debug_or_release() => Assert.NotNull(typeof(HouseTests).Assembly.Location);
}
