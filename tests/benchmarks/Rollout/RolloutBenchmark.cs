using System.Diagnostics;
using System.Net.Http.Json;
using System.Text.Json;

using Mambo.TestEnvironment;

namespace Mambo.Benchmarks;

/// <summary>
/// Deploys and rolls back an app while requests come in at a steady rate, and counts those that were not answered 200 by one of its releases. The time until a release serves is
/// set against bare <c>docker compose up -d --wait</c> of the same change, in turns on the same machine.
/// </summary>
internal static class RolloutBenchmark
{
    private const int Deploys = 20;
    private const int RollBacks = 10;
    private const int RequestsPerSecond = 220;
    private const int FewestRequests = 20_000;

    public static async Task<Report> RunAsync()
    {
        using var home = new PlatformHome();
        home.Configure("deployer:\n  soak: 1s\n  warm: 5m\n");
        await using var platform = new ServiceProcess("Mambo.AllInOne", home);
        await platform.StartAsync();
        var prefix = JsonSerializer.Deserialize<JsonElement>(await platform.Api.GetStringAsync("/api/platform")).GetProperty("name").GetString()!;
        var peer = new ComposePeer($"{prefix}-peer");
        try
        {
            await DeployAsync(platform.Api, "page 0");
            await peer.UpAsync("page 0");
            await using var load = new Load(platform.EdgePort, RequestsPerSecond);
            var (ours, bare, back) = (new List<double>(), new List<double>(), new List<double>());
            for (var round = 1; round <= Deploys; round++)
            {
                ours.Add(await DeployAsync(platform.Api, $"page {round}"));
                bare.Add(await peer.UpAsync($"page {round}"));
                // Back to the release before, then on with the next: each time the containers of that release are still there.
                if (round % 2 == 0 && back.Count < RollBacks)
                    back.Add(await RollBackAsync(platform.Api));
            }

            var same = new List<double>();
            for (var round = 0; round < 5; round++)
                same.Add(await DeployAsync(platform.Api, $"page {Deploys - 1}"));
            await load.UntilAsync(FewestRequests);
            var (answered, failed, slowest) = await load.StopAsync();

            return new Report(
                "rollout",
                $"{Deploys} deploys and {back.Count} rollbacks of a one-service app with a health check under {RequestsPerSecond} requests/s by the embedded edge; bare docker compose in turns; medians",
                [
                    Row.AtMost($"failed of {answered:N0} requests", failed, "", 0),
                    new Row("slowest answer", slowest.TotalMilliseconds, "ms"),
                    new Row("mambo: upload to serving", ours.Median(), "s"),
                    new Row("docker compose up -d --wait", bare.Median(), "s"),
                    Row.AtMost("mambo ÷ docker compose", ours.Median() / bare.Median(), "×", 1.10),
                    Row.AtMost("warm rollback, asked to serving, 95th percentile", back.Percentile(0.95), "s", 1),
                    Row.AtMost("deploy with nothing changed, upload to serving", same.Median(), "s", 0.5),
                ]);
        }
        finally
        {
            await platform.KillAsync();
            await DockerCommand.RemoveProjectsAsync($"{prefix}-");
            peer.Dispose();
        }
    }

    /// <summary>From the upload's first byte until the new release serves; waits for the end of the deployment after that.</summary>
    private static Task<double> DeployAsync(HttpClient api, string page) => ServingAsync(api, () => api.DeployAsync("shop", Bundle.WebApp("shop", page)), "app-deployed");

    private static Task<double> RollBackAsync(HttpClient api) => ServingAsync(
        api,
        async () =>
        {
            using var answer = await api.PostAsync("/api/apps/shop/rollback", content: null);
            answer.EnsureSuccessStatusCode();
            return (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("deploymentId").GetGuid();
        },
        "deployment-rolled-back");

    private static async Task<double> ServingAsync(HttpClient api, Func<Task<Guid>> ask, string end)
    {
        var watch = Stopwatch.StartNew();
        using var follow = new HttpRequestMessage(HttpMethod.Get, $"/api/events?deployment={await ask()}") { Headers = { { "Accept", "text/event-stream" } } };
        using var stream = await api.SendAsync(follow, HttpCompletionOption.ResponseHeadersRead);
        using var lines = new StreamReader(await stream.Content.ReadAsStreamAsync());
        double? serving = null;
        var (ended, told) = (false, new List<string>());
        while (await lines.ReadLineAsync() is { } line)
        {
            told.Add(line);
            if (line.Contains("\"step\":\"switch\"", StringComparison.Ordinal))
                serving ??= watch.Elapsed.TotalSeconds;
            ended |= line == $"event: {end}";
        }

        return ended && serving is { } seconds ? seconds : throw new InvalidOperationException($"It did not end with {end}: {string.Join('\n', told)}");
    }
}
