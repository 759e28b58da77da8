using Mambo.AlertRelay.Delivery;

namespace Mambo.AlertRelay.Tests.Delivery;

public sealed class DeliveryPlanTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 24, 8, 0, 0, TimeSpan.Zero);

    private readonly GroupLimits _limits = new();

    [Fact]
    public void Next_NothingWaits_NothingAndNoTime() => Next().ShouldBe((null, null));

    [Fact]
    public void Next_FewOfEachGroup_TheOldestOfAll() =>
        Next(new("shop", 2, 7, 8), new("notes", 3, 4, 9)).ShouldBe((new Choice("notes", 4, WithOlder: false), null));

    [Fact]
    public void Next_MoreThanTheGroupMaySend_AllInThePlaceOfTheNewest()
    {
        var flood = new GroupWaiting("flood", 1200, 1, 1300);

        Next(flood, new("shop", 1, 90, 90)).ShouldBe((new Choice("shop", 90, WithOlder: false), null));
        Next(flood).ShouldBe((new Choice("flood", 1300, WithOlder: true), null));
    }

    [Fact]
    public void Next_GroupSentAFew_TheRestWaitsTogetherWhileOthersPass()
    {
        Take("shop", 4);
        Next(new GroupWaiting("shop", 1, 5, 5)).ShouldBe((new Choice("shop", 5, WithOlder: false), null));
        Next(new GroupWaiting("shop", 2, 5, 6)).ShouldBe((new Choice("shop", 6, WithOlder: true), null));

        Take("shop", 1);
        Next(new GroupWaiting("shop", 2, 5, 6)).ShouldBe((null, Now + GroupLimits.RefillInterval));
        Next(new("shop", 2, 5, 6), new("notes", 1, 7, 7)).ShouldBe((new Choice("notes", 7, WithOlder: false), null));
    }

    [Fact]
    public void Take_GroupsOfLongAgo_AreForgotten()
    {
        Take("shop", 5);
        _limits.Take("notes", Now + TimeSpan.FromHours(1));

        _limits.Available("shop", Now).ShouldBe(GroupLimits.AtOnce);
    }

    private (Choice? Next, DateTimeOffset? NotBefore) Next(params GroupWaiting[] waiting) => DeliveryPlan.Next(waiting, _limits, Now);

    private void Take(string group, int count)
    {
        for (var i = 0; i < count; i++)
            _limits.Take(group, Now);
    }
}
