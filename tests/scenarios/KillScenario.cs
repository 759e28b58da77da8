using System.Text.Json;

using Mambo.TestEnvironment;

using Xunit.Abstractions;

namespace Mambo.Scenarios.Tests;

/// <summary>The process is killed with SIGKILL in every step of a deploy and at random points. Nothing may be lost, nothing done twice, nothing told twice.</summary>
[Trait("Needs", "Docker")]
public sealed class KillScenario(ITestOutputHelper output) : IAsyncLifetime
{
    private const int Kills = 30;

    /// <summary>From a restart to the end of what was cut off.</summary>
    private static readonly TimeSpan Convergence = TimeSpan.FromSeconds(60);

    private static readonly string[] Steps = ["unpack", "pull", "job", "start", "gate", "switch", "drain", "soak", "retire"];

    private readonly PlatformHome _home = new();
    private ServiceProcess _platform = null!;
    private string _prefix = "";

    public async Task InitializeAsync()
    {
        _home.Configure("deployer:\n  soak: 200ms\n");
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
    public async Task Kill_InEveryStepAndThirtyTimesAtRandom_EveryDeploymentEndsOnceAndTheTimelineIsWhole()
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
        foreach (var step in Steps)
        {
            deployments.Add(await _platform.Api.DeployAsync("shop", Bundle.WebApp("shop", $"page {deployments.Count}")));
            await InStepAsync(deployments[^1], step);
            await KillAndConvergeAsync(deployments[^1]);
        }

        for (var kill = 0; kill < Kills; kill++)
        {
            deployments.Add(await _platform.Api.DeployAsync("shop", Bundle.WebApp("shop", $"page {deployments.Count}")));
            await Task.Delay(whole * random.NextDouble());
            await KillAndConvergeAsync(deployments[^1]);
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

        // The world agrees: one container runs, at most one waits for a rollback, and what serves is the release the platform believes in.
        var containers = (await DockerCommand.RunAsync("ps", "-a", "--filter", $"label=com.docker.compose.project={_prefix}-shop", "--format", "{{.State}}")).Split('\n');
        containers.Count(state => state == "running").ShouldBe(1, string.Join(' ', containers));
        containers.Count(state => state != "running").ShouldBeLessThanOrEqualTo(1, string.Join(' ', containers));
        containers.ShouldAllBe(state => state == "running" || state == "paused");
        var states = deployments.Select((id, kill) => (kill, events.Any(item => About(item, id) && item.GetProperty("type").GetString() == "app-deployed"))).ToList();
        output.WriteLine($"{states.Count(state => state.Item2)} deployed, {states.Count(state => !state.Item2)} failed");
        using var browser = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Get, $"http://127.0.0.1:{_platform.EdgePort}/") { Headers = { Host = "shop.localhost" } };
        var page = await (await browser.SendAsync(request)).Content.ReadAsStringAsync();
        page.ShouldBe($"page {states.Last(state => state.Item2).kill}");
    }

    private async Task KillAndConvergeAsync(Guid deployment)
    {
        await _platform.KillAsync();
        await _platform.StartAsync();
        (await _platform.Api.EndedAsync(deployment, Convergence)).GetProperty("state").GetString().ShouldBeOneOf("deployed", "failed");
    }

    /// <summary>Ends when the step is being worked on, or the deployment is past it already.</summary>
    private async Task InStepAsync(Guid deployment, string step)
    {
        while (true)
        {
            var seen = JsonSerializer.Deserialize<JsonElement>(await _platform.Api.GetStringAsync($"/api/deployments/{deployment}"));
            if (seen.TryGetProperty("steps", out var steps) && steps.EnumerateArray().Any(one => one.GetProperty("name").GetString() == step && one.GetProperty("state").GetString() is "running" or "done"))
                return;
            await Task.Delay(2);
        }
    }

    private static bool About(JsonElement item, Guid deployment) =>
        item.GetProperty("body").TryGetProperty("deploymentId", out var id) && id.GetGuid() == deployment;
}
