using Mambo.AlertRelay.Notifications;

namespace Mambo.AlertRelay.Tests.Notifications;

public sealed class ManyAsOneTests
{
    private static readonly DateTimeOffset Since = new(2026, 11, 24, 8, 3, 0, TimeSpan.Zero);

    [Fact]
    public void Tell_NoOthers_IsTheNotificationItself() => ManyAsOne.Tell(Make("shop 9 deployed", "In 4 s"), 0, [], Since).ShouldBe(Make("shop 9 deployed", "In 4 s"));

    [Fact]
    public void Tell_Others_NewestInFullAndTheRestByTitle()
    {
        var told = ManyAsOne.Tell(Make("shop 9 deployed", "In 4 s"), 2, ["shop 8 deployed", "shop 7 deployed"], Since);

        told.Title.ShouldBe("shop 9 deployed, and 2 more");
        told.Body.ShouldBe("In 4 s\n\n2 more since 2026-11-24 08:03 UTC:\nshop 8 deployed\nshop 7 deployed");
    }

    [Fact]
    public void Tell_HundredsOfLongOnes_CountsAllListsFiveAndKeepsTheLimits()
    {
        var told = ManyAsOne.Tell(Make(new string('t', 3000), new string('b', 9000)), 812, [.. Enumerable.Repeat(new string('x', 500), 6)], Since);

        told.Title.ShouldEndWith("…, and 812 more");
        PlainText.Bytes(told.Title).ShouldBe(1023);
        PlainText.Bytes(told.Body).ShouldBeLessThanOrEqualTo(4095);
        told.Body.ShouldEndWith("x…\n…");
        told.Body.Split('\n').Count(line => line.StartsWith('x')).ShouldBe(5);
    }

    private static Notification Make(string title, string body) => new() { GroupKey = "g", Title = title, Body = body, Priority = Priority.Low };
}
