using System.Net;
using System.Text.Json;

using Mambo.TestEnvironment;

namespace Mambo.Scenarios.Tests;

/// <summary>The platform in one process, a real Docker Engine, a real ntfy server: what a person with one VPS sees on the first day.</summary>
[Trait("Needs", "Docker")]
public sealed class AllInOneScenario : IAsyncLifetime
{
    private readonly PlatformHome _home = new();
    private readonly NtfyServer _ntfy = new();
    private ServiceProcess _platform = null!;
    private string _prefix = "";

    public async Task InitializeAsync()
    {
        await _ntfy.StartAsync();
        _home.Configure(
            $"""
            alerts:
              server: {_ntfy.Address}
              topic: phone
            deployer:
              soak: 500ms
            """);
        _platform = new ServiceProcess("Mambo.AllInOne", _home);
        await _platform.StartAsync();
        _prefix = (await JsonAsync("/api/platform")).GetProperty("name").GetString()!;
    }

    public async Task DisposeAsync()
    {
        await _platform.DisposeAsync();
        await DockerCommand.RemoveProjectsAsync($"{_prefix}-");
        await _ntfy.DisposeAsync();
        _home.Dispose();
    }

    [Fact]
    public async Task Deploy_TwoGoodThenABrokenRelease_SecondServesAndThePhoneKnowsAllThree()
    {
        // Given a first release
        var first = await _platform.Api.EndedAsync(await _platform.Api.DeployAsync("shop", Bundle.WebApp("shop", "one")));
        State(first).ShouldBe("deployed", first.ToString());
        first.GetProperty("release").GetInt32().ShouldBe(1);
        (await PageAsync("shop")).ShouldBe("one");

        // When a second follows, and then a third that never becomes healthy
        var second = await _platform.Api.EndedAsync(await _platform.Api.DeployAsync("shop", Bundle.WebApp("shop", "two")));
        State(second).ShouldBe("deployed", second.ToString());
        (await PageAsync("shop")).ShouldBe("two");
        var third = await _platform.Api.EndedAsync(await _platform.Api.DeployAsync("shop", Bundle.WebApp("shop", "three", healthy: false)));

        // Then the third says where and why it failed, and the second serves
        State(third).ShouldBe("failed", third.ToString());
        var failure = third.GetProperty("failure");
        failure.GetProperty("reason").GetString().ShouldBe("unhealthy");
        failure.GetProperty("step").GetString().ShouldBe("start");
        failure.GetProperty("message").GetString().ShouldNotBeNull().ShouldContain("shop-web-3 is unhealthy");
        failure.GetProperty("output").GetArrayLength().ShouldBeGreaterThan(0);
        (await PageAsync("shop")).ShouldBe("two");
        var app = (await JsonAsync("/api/apps")).EnumerateArray().Single();
        app.GetProperty("release").GetInt32().ShouldBe(2);

        // And the phone's topic holds three messages, once each, in order
        var messages = await _ntfy.WaitForAsync("phone", count: 3);
        messages.Count.ShouldBe(3);
        messages[0].Title.ShouldContain("shop 1");
        messages[1].Title.ShouldContain("shop 2");
        messages[2].Title.ShouldContain("failed");
        messages.Select(message => message.Id).Distinct().Count().ShouldBe(3);

        // And the timeline is whole
        var verdict = await JsonAsync("/api/events/verify");
        verdict.GetProperty("ok").GetBoolean().ShouldBeTrue();
        var types = (await _platform.Api.EventsAsync()).Select(item => item.GetProperty("type").GetString()!).ToList();
        types.Count(type => type == "app-deployed").ShouldBe(2);
        types.Count(type => type == "deployment-failed").ShouldBe(1);
        types.Count(type => type == "alert-delivered").ShouldBe(3);
        types.Count(type => type == "bundle-stored").ShouldBe(3);
    }

    [Fact]
    public async Task Restart_AppDeployed_ServesAgainWithoutADeploy()
    {
        State(await _platform.Api.EndedAsync(await _platform.Api.DeployAsync("notes", Bundle.WebApp("notes", "hello")))).ShouldBe("deployed");

        await _platform.KillAsync();
        await _platform.StartAsync();

        (await PageAsync("notes")).ShouldBe("hello");
    }

    private static string State(JsonElement deployment) => deployment.GetProperty("state").GetString()!;

    private async Task<JsonElement> JsonAsync(string path) =>
        JsonSerializer.Deserialize<JsonElement>(await _platform.Api.GetStringAsync(path));

    private async Task<string> PageAsync(string app)
    {
        using var browser = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Get, $"http://127.0.0.1:{_platform.EdgePort}/") { Headers = { Host = $"{app}.localhost" } };
        using var answer = await browser.SendAsync(request);
        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        return await answer.Content.ReadAsStringAsync();
    }
}
