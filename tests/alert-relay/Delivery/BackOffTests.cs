using Mambo.AlertRelay.Delivery;

namespace Mambo.AlertRelay.Tests.Delivery;

public sealed class BackOffTests
{
    [Theory]
    [InlineData(1, 0.5, 1)]
    [InlineData(2, 0.5, 2)]
    [InlineData(5, 0.5, 16)]
    [InlineData(1, 0, 0.8)]
    [InlineData(1, 1, 1.2)]
    [InlineData(9, 0, 204.8)]
    [InlineData(9, 1, 300)]
    [InlineData(10, 0, 300)]
    [InlineData(100_000, 0.5, 300)]
    public void After_Attempts_DoublesToFiveMinutesGiveOrTakeAFifth(int attempts, double chance, double seconds) =>
        BackOff.After(attempts, chance).TotalSeconds.ShouldBe(seconds, 0.001);

    [Theory]
    [InlineData(0.2, 1)]
    [InlineData(-5, 1)]
    [InlineData(30, 30)]
    [InlineData(1_000_000, 3600)]
    public void After_ServerAsksForMore_IsObeyedUpToAnHour(double asked, double seconds) =>
        BackOff.After(1, 0.5, TimeSpan.FromSeconds(asked)).TotalSeconds.ShouldBe(seconds, 0.001);
}
