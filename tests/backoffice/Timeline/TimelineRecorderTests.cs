using System.Text.Json;

using Mambo.Contracts;
using Mambo.Contracts.Alerts;
using Mambo.Contracts.Deployments;

namespace Mambo.Backoffice.Tests.Timeline;

public sealed class TimelineRecorderTests : IAsyncLifetime
{
    private Office _office = null!;

    public async Task InitializeAsync() => _office = await Office.StartAsync();

    public async Task DisposeAsync() => await _office.DisposeAsync();

    [Fact]
    public async Task Handle_EveryEventOfThePlatform_IsRecordedAsTold()
    {
        foreach (var type in WireNames.Events)
        {
            var name = WireNames.Of(type);
            await _office.TellAsync(name, $$"""{"occurredAt":"2026-11-24T09:00:00.5+01:00","host":"web-1","extra":  [1, "ü"] }""", $"id-{name}");
        }

        var events = await EventsAsync("?limit=500");

        events.Select(item => item.GetProperty("seq").GetInt64()).ShouldBe(Enumerable.Range(1, WireNames.Events.Count).Select(seq => (long)seq));
        foreach (var (item, type) in events.Zip(WireNames.Events.Select(WireNames.Of)))
        {
            item.GetProperty("id").GetString().ShouldBe($"id-{type}");
            item.GetProperty("type").GetString().ShouldBe(type);
            item.GetProperty("at").GetString().ShouldBe("2026-11-24T08:00:00.5000000Z");
            item.GetProperty("host").GetString().ShouldBe("web-1");
            item.GetProperty("body").GetRawText().ShouldBe("""{"occurredAt":"2026-11-24T09:00:00.5+01:00","host":"web-1","extra":  [1, "ü"] }""");
            item.GetProperty("hash").GetString()!.Length.ShouldBe(64);
        }
    }

    [Fact]
    public async Task Handle_SameIdAgain_IsDroppedAlsoAfterARestart()
    {
        var happened = new AppDeployed { DeploymentId = Guid.NewGuid(), App = "shop", Release = 1 };
        await _office.TellAsync(happened, "m1");
        await _office.TellAsync(happened with { Release = 2 }, "m1");
        await _office.RestartAsync();
        await _office.TellAsync(happened with { Release = 3 }, "m1");

        (await EventsAsync()).Count.ShouldBe(1);
        (await _office.GetAsync("/api/apps"))[0].GetProperty("release").GetInt32().ShouldBe(1);
    }

    [Fact]
    public async Task Handle_ManyAtOnce_NoGapAndAWholeChain()
    {
        await Task.WhenAll(Enumerable.Range(0, 500).Select(i => _office.TellAsync(new AlertRaised { Name = $"a{i % 250}" }, $"m{i % 250}")));

        var events = await EventsAsync("?limit=500");
        events.Select(item => item.GetProperty("seq").GetInt64()).ShouldBe(Enumerable.Range(1, 250).Select(seq => (long)seq));
        (await _office.GetAsync("/api/events/verify")).GetProperty("ok").GetBoolean().ShouldBeTrue();
    }

    [Fact]
    public async Task Handle_AWordOfANewerVersion_IsRecordedAndChangesNothing()
    {
        var id = Guid.NewGuid();
        await _office.TellAsync("deployment-failed", $$"""{"deploymentId":"{{id}}","app":"shop","reason":"struckByLightning"}""");

        (await EventsAsync()).ShouldHaveSingleItem().GetProperty("body").GetProperty("reason").GetString().ShouldBe("struckByLightning");
        (await _office.GetAsync("/api/deployments")).GetProperty("deployments").GetArrayLength().ShouldBe(0);
    }

    [Theory]
    [InlineData("not json")]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("[1]")]
    public async Task Handle_NoJsonObject_IsRefusedForTheErrorQueue(string body)
    {
        await Should.ThrowAsync<JsonException>(() => _office.TellAsync("app-deployed", body));

        (await EventsAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task Handle_NoTimeAndNoHost_TimeOfReceiptAndEmptyHost()
    {
        var before = DateTimeOffset.UtcNow.AddSeconds(-1);
        await _office.TellAsync("alert-raised", "{}");

        var item = (await EventsAsync()).ShouldHaveSingleItem();
        item.GetProperty("at").GetDateTimeOffset().ShouldBeInRange(before, DateTimeOffset.UtcNow.AddSeconds(1));
        item.GetProperty("host").GetString().ShouldBe("");
    }

    [Fact]
    public async Task Events_Pages_GoOnWithoutGapOrRepeat()
    {
        for (var i = 0; i < 25; i++)
            await _office.TellAsync(new AlertRaised { Name = $"a{i}" });
        var (seen, next) = (new List<long>(), 0L);

        while (true)
        {
            var page = await _office.GetAsync($"/api/events?after={next}&limit=10");
            var events = page.GetProperty("events").EnumerateArray().Select(item => item.GetProperty("seq").GetInt64()).ToList();
            next = page.GetProperty("next").GetInt64();
            if (events.Count == 0)
                break;
            seen.AddRange(events);
        }

        seen.ShouldBe(Enumerable.Range(1, 25).Select(seq => (long)seq));
        next.ShouldBe(25);
    }

    [Fact]
    public async Task Events_Filters_ShowOnlyWhatMatches()
    {
        var (one, two) = (Guid.NewGuid(), Guid.NewGuid());
        await _office.TellAsync(new DeploymentAccepted { DeploymentId = one, App = "shop" });
        await _office.TellAsync(new DeploymentAccepted { DeploymentId = two, App = "notes" });
        await _office.TellAsync(new AppDeployed { DeploymentId = one, App = "shop" });
        await _office.TellAsync(new BundleStored { Digest = "d" });
        await _office.TellAsync("app-deployed", $$"""{"deploymentId":"{{two.ToString().ToUpperInvariant()}}","app":"notes"}""");

        (await SeqsAsync("?app=shop")).ShouldBe([1, 3]);
        (await SeqsAsync("?type=app-deployed")).ShouldBe([3, 5]);
        (await SeqsAsync($"?deployment={two}")).ShouldBe([2, 5]);
        (await SeqsAsync($"?app=shop&type=app-deployed&deployment={one}")).ShouldBe([3]);
        (await SeqsAsync("?app=shop&after=1")).ShouldBe([3]);
        (await SeqsAsync("?tail=2")).ShouldBe([4, 5]);
        (await SeqsAsync("?app=shop&tail=1")).ShouldBe([3]);
        (await SeqsAsync("?tail=0")).ShouldBeEmpty();
        (await _office.GetAsync("/api/events?tail=0")).GetProperty("next").GetInt64().ShouldBe(5);
        (await _office.GetAsync("/api/events?app=none&after=2")).GetProperty("next").GetInt64().ShouldBe(2);
    }

    [Fact]
    public async Task Bus_BundleStoredHere_ComesBackIntoTheTimelineOnce()
    {
        await using var office = await Office.StartWithBusAsync();
        var bundle = TestEnvironment.Bundle.Of(("compose.yml", ""));
        await TestEnvironment.PlatformApi.StoreAsync(office.Api, bundle);
        await TestEnvironment.PlatformApi.StoreAsync(office.Api, bundle);

        using var stream = await EventReader.OpenAsync(office.Api, "/api/events");
        var (seq, type, data) = await stream.NextAsync();

        (seq, type).ShouldBe((1, "bundle-stored"));
        data.GetProperty("body").GetProperty("digest").GetString().ShouldBe(bundle.Digest);
        data.GetProperty("body").GetProperty("storedBy").GetString().ShouldBe("owner");
        data.GetProperty("host").GetString().ShouldBe("local");
        await office.RestartAsync();
        (await office.GetAsync("/api/events")).GetProperty("events").GetArrayLength().ShouldBe(1);
    }

    private async Task<List<JsonElement>> EventsAsync(string query = "") => [.. (await _office.GetAsync($"/api/events{query}")).GetProperty("events").EnumerateArray()];

    private async Task<List<long>> SeqsAsync(string query) => [.. (await EventsAsync(query)).Select(item => item.GetProperty("seq").GetInt64())];
}
