using System.Net;

using Mambo.Contracts.Deployments;

namespace Mambo.Backoffice.Tests.Apps;

public sealed class AppDoorTests : IAsyncLifetime
{
    private static readonly DateTimeOffset Eight = new(2026, 11, 24, 8, 0, 0, TimeSpan.Zero);

    private Office _office = null!;

    public async Task InitializeAsync() => _office = await Office.StartAsync();

    public async Task DisposeAsync() => await _office.DisposeAsync();

    [Fact]
    public async Task Apps_NoneDeployed_Empty() => (await _office.GetAsync("/api/apps")).ToString().ShouldBe("[]");

    [Fact]
    public async Task Apps_AfterAnEventOfEach_ByNameWithWhatServes()
    {
        var (shop, notes) = (Deployed("shop", 1, 0), Deployed("notes", 4, 1));
        await _office.TellAsync(shop);
        await _office.TellAsync(notes);

        (await _office.GetAsync("/api/apps")).ToString().ShouldBe("[" + string.Join(",",
            $$$"""{"app":"notes","state":"serving","project":"{{{_office.Platform}}}-notes","host":"local","release":4,"bundle":"sha256:4","images":{"web":"notes:4"},"urls":["http://notes.localhost/"],"commit":"c4","requestedBy":"ci","deploymentId":"{{{notes.DeploymentId}}}","deployedAt":"2026-11-24T08:01:00+00:00","warnings":["look"]}""",
            $$$"""{"app":"shop","state":"serving","project":"{{{_office.Platform}}}-shop","host":"local","release":1,"bundle":"sha256:1","images":{"web":"shop:1"},"urls":["http://shop.localhost/"],"commit":"c1","requestedBy":"ci","deploymentId":"{{{shop.DeploymentId}}}","deployedAt":"2026-11-24T08:00:00+00:00","warnings":["look"]}""") + "]");
    }

    [Fact]
    public async Task Releases_OfAnApp_NewestFirstWithTheCurrentOne()
    {
        var (one, two) = (Deployed("shop", 1, 0), Deployed("shop", 2, 1));
        await _office.TellAsync(one);
        await _office.TellAsync(two);

        (await _office.GetAsync("/api/apps/shop/releases")).GetProperty("releases")[1].ToString().ShouldBe(
            $$$"""{"release":1,"deploymentId":"{{{one.DeploymentId}}}","bundle":"sha256:1","images":{"web":"shop:1"},"urls":["http://shop.localhost/"],"commit":"c1","requestedBy":"ci","deployedAt":"2026-11-24T08:00:00+00:00","seconds":3,"warnings":["look"],"current":false}""");
        (await ReleasesAsync()).ShouldBe([(2, true), (1, false)]);
    }

    [Fact]
    public async Task Releases_EventsInTheWrongOrder_TheLaterOneServes()
    {
        await _office.TellAsync(Deployed("shop", 2, 1));
        await _office.TellAsync(Deployed("shop", 1, 0));

        (await ReleasesAsync()).ShouldBe([(2, true), (1, false)]);
        (await _office.GetAsync("/api/apps"))[0].GetProperty("release").GetInt32().ShouldBe(2);
    }

    [Fact]
    public async Task Releases_RolledBack_TheEarlierOneServesWithItsBundle()
    {
        await _office.TellAsync(Deployed("shop", 1, 0));
        await _office.TellAsync(Deployed("shop", 2, 1));
        var back = new DeploymentRolledBack { DeploymentId = Guid.NewGuid(), App = "shop", Host = "local", OccurredAt = Eight.AddMinutes(2), FromRelease = 2, ToRelease = 1, Urls = [new Uri("http://shop.localhost/")], RequestedBy = "jo" };
        await _office.TellAsync(back);

        (await ReleasesAsync()).ShouldBe([(2, false), (1, true)]);
        var app = (await _office.GetAsync("/api/apps"))[0];
        (app.GetProperty("bundle").GetString(), app.GetProperty("requestedBy").GetString(), app.GetProperty("deploymentId").GetGuid()).ShouldBe(("sha256:1", "jo", back.DeploymentId));
    }

    [Fact]
    public async Task Releases_FailedDeployment_ChangesNothing()
    {
        await _office.TellAsync(Deployed("shop", 1, 0));
        await _office.TellAsync(new DeploymentFailed { DeploymentId = Guid.NewGuid(), App = "shop", Message = "no", ServingRelease = 1 });

        (await ReleasesAsync()).ShouldBe([(1, true)]);
    }

    [Fact]
    public async Task App_StoppedStartedAndRemoved_IsShownSo()
    {
        await _office.TellAsync(Deployed("shop", 1, 0));
        await _office.TellAsync(Told(new AppStopped { Release = 1, RequestedBy = "jo" }, 1));
        (await StateAsync()).ShouldBe("stopped");
        await _office.TellAsync(Told(new AppStarted { Release = 1, Urls = [new Uri("http://shop.localhost/")], RequestedBy = "jo" }, 2));
        (await StateAsync()).ShouldBe("serving");
        // Overtaken by what came later.
        await _office.TellAsync(Told(new AppStopped { Release = 1 }, 1));
        (await StateAsync()).ShouldBe("serving");
        (await _office.GetAsync("/api/apps/shop")).GetProperty("requestedBy").GetString().ShouldBe("ci");

        await _office.TellAsync(Told(new AppRemoved { Release = 1, RequestedBy = "jo" }, 3));

        (await _office.GetAsync("/api/apps")).ToString().ShouldBe("[]");
        (await ReleasesAsync()).ShouldBe([(1, false)]);
        using var answer = await _office.Api.GetAsync("/api/apps/shop");
        answer.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        await _office.TellAsync(Deployed("shop", 2, 4));
        (await StateAsync()).ShouldBe("serving");
    }

    [Fact]
    public async Task App_Locked_ShowsItUntilItIsUnlockedOrTheLeaseEnds()
    {
        await _office.TellAsync(Deployed("shop", 1, 0));
        await _office.TellAsync(Told(new AppLocked { Reason = "moving", RequestedBy = "jo", EndsAt = DateTimeOffset.UtcNow.AddHours(1) }, 1));

        var found = (await _office.GetAsync("/api/apps/shop")).GetProperty("lock");
        (found.GetProperty("reason").GetString(), found.GetProperty("lockedBy").GetString(), found.GetProperty("lockedAt").GetDateTimeOffset()).ShouldBe(("moving", "jo", Eight.AddMinutes(1)));

        await _office.TellAsync(Told(new AppUnlocked { RequestedBy = "jo" }, 3));
        (await IsLockedAsync()).ShouldBeFalse();
        await _office.TellAsync(Told(new AppLocked { Reason = "late", EndsAt = DateTimeOffset.UtcNow.AddHours(1) }, 2));
        (await IsLockedAsync()).ShouldBeFalse();
        await _office.TellAsync(Told(new AppLocked { Reason = "short", EndsAt = DateTimeOffset.UtcNow.AddSeconds(-1) }, 4));
        (await IsLockedAsync()).ShouldBeFalse();
    }

    [Fact]
    public async Task Releases_UnknownApp_404()
    {
        using var answer = await _office.Api.GetAsync("/api/apps/none/releases");

        answer.StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    private static AppDeployed Deployed(string app, int release, int minute) => new()
    {
        DeploymentId = Guid.NewGuid(),
        App = app,
        Host = "local",
        OccurredAt = Eight.AddMinutes(minute),
        Release = release,
        Bundle = $"sha256:{release}",
        Images = new Dictionary<string, string> { ["web"] = $"{app}:{release}" },
        Urls = [new Uri($"http://{app}.localhost/")],
        Commit = $"c{release}",
        RequestedBy = "ci",
        Seconds = 3,
        Warnings = ["look"],
    };

    private static T Told<T>(T happened, int minute)
        where T : DeploymentEvent => happened with { DeploymentId = Guid.NewGuid(), App = "shop", Host = "local", OccurredAt = Eight.AddMinutes(minute) };

    private async Task<string?> StateAsync() => (await _office.GetAsync("/api/apps/shop")).GetProperty("state").GetString();

    private async Task<bool> IsLockedAsync() => (await _office.GetAsync("/api/apps/shop")).TryGetProperty("lock", out _);

    private async Task<List<(int, bool)>> ReleasesAsync() => (await _office.GetAsync("/api/apps/shop/releases")).GetProperty("releases").EnumerateArray()
        .Select(item => (item.GetProperty("release").GetInt32(), item.GetProperty("current").GetBoolean())).ToList();
}
