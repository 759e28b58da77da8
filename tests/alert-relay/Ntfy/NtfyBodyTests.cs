using System.Text;
using System.Text.Json;

using Mambo.AlertRelay.Notifications;
using Mambo.AlertRelay.Ntfy;

namespace Mambo.AlertRelay.Tests.Ntfy;

public sealed class NtfyBodyTests
{
    private static readonly Guid Id = Guid.Parse("01935c5e-0000-7000-8000-000000000001");

    [Fact]
    public void Of_Notification_IsNtfysJson() => Encoding.UTF8.GetString(NtfyBody.Of("phone", Id, Make("shop 1 deployed", "In \"4\" s\n✓"))).ShouldBe(
        """{"topic":"phone","title":"shop 1 deployed","message":"In \"4\" s\n✓","priority":2,"tags":["a","b"],"click":"https://shop.example.org/","sequence_id":"01935c5e-0000-7000-8000-000000000001"}""");

    public static TheoryData<string> Characters => ["x", "\"", "\\", "\n.", "ü", "😀", ".\u00a0", "\ue000", "\uffff", "\U0010fffe", "\u2027", "👨‍👩‍👧"];

    [Theory]
    [MemberData(nameof(Characters))]
    public void Of_AsMuchAsFits_KeepsEveryLimitAndLosesNoMoreThanItMust(string unit)
    {
        var long1 = string.Concat(Enumerable.Repeat(unit, 5000));

        var body = NtfyBody.Of(new string('t', 64), Id, Make(long1, long1) with { Tags = [.. Enumerable.Repeat(new string('g', 40), 30)] });

        body.Length.ShouldBeLessThanOrEqualTo(8191);
        var json = JsonSerializer.Deserialize<JsonElement>(body);
        var message = json.GetProperty("message").GetString()!;
        PlainText.Bytes(json.GetProperty("title").GetString()!).ShouldBeInRange(1023 - 40, 1023);
        json.GetProperty("tags").EnumerateArray().Sum(tag => tag.GetString()!.Length + 1).ShouldBeInRange(400, 511);
        message.ShouldEndWith("…");
        (PlainText.Bytes(message) >= 4095 - 40 || body.Length >= 8191 - 40).ShouldBeTrue($"{PlainText.Bytes(message)} bytes of message, {body.Length} in all");
    }

    [Fact]
    public void Of_EndlessUrl_LeadsNowhere() =>
        Encoding.UTF8.GetString(NtfyBody.Of("phone", Id, Make("t", "b") with { Click = new Uri($"https://x/{new string('y', 2000)}") })).ShouldNotContain("click");

    private static Notification Make(string title, string body) => new()
    {
        GroupKey = "g",
        Title = title,
        Body = body,
        Priority = Priority.Low,
        Tags = ["a", "b"],
        Click = new Uri("https://shop.example.org"),
    };
}
