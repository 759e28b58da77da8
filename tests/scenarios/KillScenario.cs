using System.Text.Json;

using Mambo.TestEnvironment;

using Xunit.Abstractions;

namespace Mambo.Scenarios.Tests;

/// <summary>The process is killed with SIGKILL at random points of deploys. Nothing may be lost, nothing done twice, nothing told twice.</summary>
[Trait("Needs", "Docker")]
public sealed class KillScenario(ITestOutputHelper output) : IAsyncLifetime
{
    private const int Kills = 30;

    private readonly PlatformHome _home = new();
    private ServiceProcess _platform = null!;
    private string _prefix = "";

    public async Task InitializeAsync()
    {
        _platform = new ServiceProcess("Mambo.AllInOne", _home);
        await _platform.StartAsync();
        _prefix = JsonSerializer.Deserialize<JsonElement>(await _platform.Api.GetStringAsync("/api/platform")).GetProperty("name").GetString()!;
    }

    public async Task DisposeAsync()
    {
        await _platform.DisposeAsync();
        await DockerCommand.RemoveProjectsAsync($"{_prefix}-");
        _home.Dispose();
    }

    [Fact]
    public async Task Kill_ThirtyTimesAtRandomPointsOfADeploy_EveryDeploymentEndsOnceAndTheTimelineIsWhole()
    {
        var seed = Environment.TickCount;
        output.WriteLine($"seed {seed}");
        var random = new Random(seed);
        // One undisturbed deploy tells how long the moments to choose from are.
        var started = System.Diagnostics.Stopwatch.StartNew();
        await _platform.Api.EndedAsync(await _platform.Api.DeployAsync("shop", Bundle.WebApp("shop", "undisturbed")));
        var whole = started.Elapsed;
        output.WriteLine($"undisturbed deploy: {whole.TotalMilliseconds:0} ms");

        var deployments = new List<Guid>();
        for (var kill = 0; kill < Kills; kill++)
        {
            deployments.Add(await _platform.Api.DeployAsync("shop", Bundle.WebApp("shop", $"page {kill}")));
            await Task.Delay(whole * random.NextDouble());
            await _platform.KillAsync();
            await _platform.StartAsync();
        }

        foreach (var deployment in deployments)
        {
            var ended = await _platform.Api.EndedAsync(deployment);
            ended.GetProperty("state").GetString().ShouldBeOneOf("deployed", "failed");
        }

        // None lost, none twice: one accepted, steps in order without a gap, one end.
        var events = await _platform.Api.EventsAsync();
        foreach (var deployment in deployments)
        {
            var told = events.Where(item => About(item, deployment)).Select(item => item.GetProperty("type").GetString()!).ToList();
            told.Count(type => type == "deployment-accepted").ShouldBe(1);
            told[0].ShouldBe("deployment-accepted");
            told.Count(type => type is "app-deployed" or "deployment-failed").ShouldBe(1, string.Join(' ', told));
            var steps = events.Where(item => About(item, deployment) && item.GetProperty("type").GetString() == "deployment-step-completed")
                .Select(item => item.GetProperty("body").GetProperty("number").GetInt32()).ToList();
            steps.ShouldBe(Enumerable.Range(1, steps.Count));
        }

        events.Select(item => item.GetProperty("id").GetString()).Distinct().Count().ShouldBe(events.Count);
        events.Select(item => item.GetProperty("seq").GetInt64()).ShouldBe(Enumerable.Range(1, events.Count).Select(seq => (long)seq));
        var verdict = JsonSerializer.Deserialize<JsonElement>(await _platform.Api.GetStringAsync("/api/events/verify"));
        verdict.GetProperty("ok").GetBoolean().ShouldBeTrue();

        // The world agrees: one container, serving the release the platform believes in.
        (await DockerCommand.ContainersOfAsync($"{_prefix}-shop")).Count.ShouldBe(1);
        var states = deployments.Select((id, kill) => (kill, events.Any(item => About(item, id) && item.GetProperty("type").GetString() == "app-deployed"))).ToList();
        output.WriteLine($"{states.Count(state => state.Item2)} deployed, {states.Count(state => !state.Item2)} failed");
        using var browser = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Get, $"http://127.0.0.1:{_platform.EdgePort}/") { Headers = { Host = "shop.localhost" } };
        var page = await (await browser.SendAsync(request)).Content.ReadAsStringAsync();
        page.ShouldBe($"page {states.Last(state => state.Item2).kill}");
    }

    private static bool About(JsonElement item, Guid deployment) =>
        item.GetProperty("body").TryGetProperty("deploymentId", out var id) && id.GetGuid() == deployment;
}
