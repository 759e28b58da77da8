using System.Diagnostics;
using System.Text.Json;

using Mambo.TestEnvironment;

namespace Mambo.Benchmarks;

/// <summary>
/// The same change of the same app, brought to "healthy" by the platform (upload, message, every step, until the API says deployed) and by bare
/// <c>docker compose up -d --wait</c>, in turns on the same machine.
/// </summary>
internal static class DeployBenchmark
{
    private const int Rounds = 15;

    public static async Task<Report> RunAsync()
    {
        using var home = new PlatformHome();
        // Compose does not watch what it started either.
        home.Configure("deployer:\n  soak: 0s\n");
        await using var platform = new ServiceProcess("Mambo.AllInOne", home);
        await platform.StartAsync();
        var prefix = JsonSerializer.Deserialize<JsonElement>(await platform.Api.GetStringAsync("/api/platform")).GetProperty("name").GetString()!;
        var peer = new ComposePeer($"{prefix}-peer");
        try
        {
            var (ours, bare) = (new List<double>(), new List<double>());
            // Round 0 makes the first containers and is not counted.
            for (var round = 0; round <= Rounds; round++)
            {
                var bundle = Bundle.WebApp("shop", $"page {round}");
                var (a, b) = (await DeployAsync(platform.Api, bundle), await peer.UpAsync($"page {round}"));
                if (round > 0)
                    (ours, bare) = ([.. ours, a], [.. bare, b]);
            }

            var again = new List<double>();
            for (var round = 0; round < 5; round++)
                again.Add(await DeployAsync(platform.Api, Bundle.WebApp("shop", $"page {Rounds}")));

            return new Report(
                "deploy",
                $"{Rounds} updates of a one-service app with a health check, in turns with bare docker compose up -d --wait; medians",
                [
                    new Row("mambo: upload to deployed", ours.Median(), "s"),
                    new Row("docker compose up -d --wait", bare.Median(), "s"),
                    Row.AtMost("mambo ÷ docker compose", ours.Median() / bare.Median(), "×", 1.15),
                    new Row("mambo: slowest", ours.Max(), "s"),
                    new Row("docker compose: slowest", bare.Max(), "s"),
                    new Row("mambo: the same bundle again", again.Median(), "s"),
                ]);
        }
        finally
        {
            await platform.KillAsync();
            await DockerCommand.RemoveProjectsAsync($"{prefix}-");
            peer.Dispose();
        }
    }

    /// <summary>From the upload's first byte to the end of the deployment's own event stream, which the platform closes with the outcome.</summary>
    private static async Task<double> DeployAsync(HttpClient api, Bundle bundle)
    {
        var watch = Stopwatch.StartNew();
        using var follow = new HttpRequestMessage(HttpMethod.Get, $"/api/events?deployment={await api.DeployAsync("shop", bundle)}") { Headers = { { "Accept", "text/event-stream" } } };
        using var stream = await api.SendAsync(follow, HttpCompletionOption.ResponseHeadersRead);
        var events = await stream.Content.ReadAsStringAsync();
        return events.Contains("event: app-deployed", StringComparison.Ordinal) ? watch.Elapsed.TotalSeconds : throw new InvalidOperationException($"The deploy failed: {events}");
    }
}
