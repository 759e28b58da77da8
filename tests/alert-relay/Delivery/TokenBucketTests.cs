using Mambo.AlertRelay.Delivery;

namespace Mambo.AlertRelay.Tests.Delivery;

public sealed class TokenBucketTests
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);
    private static readonly DateTimeOffset Start = new(2026, 11, 24, 8, 0, 0, TimeSpan.Zero);

    private readonly TokenBucket _bucket = new(3, Interval);

    [Fact]
    public void TryTake_UsedUp_OneComesBackPerInterval()
    {
        Take(Start, 5).ShouldBe(3);
        _bucket.NextAt(Start).ShouldBe(Start + Interval);
        Take(Start + Interval - TimeSpan.FromTicks(1), 5).ShouldBe(0);
        Take(Start + Interval, 5).ShouldBe(1);
        Take(Start + 3 * Interval, 5).ShouldBe(2);
    }

    [Fact]
    public void TryTake_LongIdle_NoMoreThanTheCapacity()
    {
        Take(Start, 3);

        _bucket.Available(Start + TimeSpan.FromDays(400)).ShouldBe(3);
        Take(Start + TimeSpan.FromDays(400), 9).ShouldBe(3);
    }

    [Fact]
    public void NextAt_SomeLeft_IsNotInTheFuture()
    {
        Take(Start, 2);

        _bucket.NextAt(Start).ShouldBeLessThanOrEqualTo(Start);
    }

    [Fact]
    public void TryTake_ClockSetBack_OpensWithinAnInterval()
    {
        Take(Start, 3);
        var earlier = Start - TimeSpan.FromDays(1);

        _bucket.NextAt(earlier).ShouldBe(earlier + Interval);
    }

    private int Take(DateTimeOffset now, int wish) => Enumerable.Range(0, wish).Count(_ => _bucket.TryTake(now));
}
