using System.Net;
using System.Text.Json;

namespace Mambo.TestEnvironment;

/// <summary>The real VictoriaMetrics in a container, which names what it gets by OTLP as Prometheus would.</summary>
public sealed class VictoriaMetricsServer : IAsyncDisposable
{
    private const string Image = "mambo-test/victoria-metrics:1";

    private readonly HttpClient _http = new() { Timeout = TimeSpan.FromSeconds(10) };
    private readonly int _port;
    private readonly string _container;

    private VictoriaMetricsServer(string container, int port) => (_container, _port) = (container, port);

    /// <summary>For <c>telemetry.metrics</c>.</summary>
    public Uri OtlpAddress => new(Base, "opentelemetry/v1/metrics");

    private Uri Base => new($"http://127.0.0.1:{_port}/");

    /// <summary>Starts one and returns when it answers.</summary>
    public static async Task<VictoriaMetricsServer> StartAsync()
    {
        var port = ServiceProcess.FreePort();
        var container = await DockerCommand.RunAsync(
            "run", "--detach", "--label", "mambo.test=victoria-metrics", "--memory", "256m", "--publish", $"127.0.0.1:{port}:8428", Image,
            "-storageDataPath=/var/tmp/metrics", "-opentelemetry.usePrometheusNaming", "-search.latencyOffset=0s").ConfigureAwait(false);
        var server = new VictoriaMetricsServer(container, port);
        using var late = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (!await server.IsHealthyAsync(late.Token).ConfigureAwait(false))
            await Task.Delay(25, CancellationToken.None).ConfigureAwait(false);
        return server;
    }

    /// <summary>The value of an expression that gives one. Null: it selects nothing.</summary>
    /// <exception cref="InvalidOperationException">It gives more than one.</exception>
    public async Task<double?> ValueAsync(string expression) => (await QueryAsync(expression).ConfigureAwait(false)).SingleOrDefault()?.Value;

    /// <summary>The newest value of every series a PromQL expression selects.</summary>
    public async Task<IReadOnlyList<PrometheusSample>> QueryAsync(string expression)
    {
        // What was just written can be searched a second later, or when it is flushed.
        using var flushed = await _http.GetAsync(new Uri(Base, "internal/force_flush")).ConfigureAwait(false);
        flushed.EnsureSuccessStatusCode();
        var answer = JsonSerializer.Deserialize<JsonElement>(await _http.GetStringAsync(new Uri(Base, $"api/v1/query?query={Uri.EscapeDataString(expression)}")).ConfigureAwait(false));
        return [.. answer.GetProperty("data").GetProperty("result").EnumerateArray().Select(PrometheusSample.Parse)];
    }

    /// <summary>Removes the container.</summary>
    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await DockerCommand.RunAsync("rm", "-f", "-v", _container).ConfigureAwait(false);
    }

    private async Task<bool> IsHealthyAsync(CancellationToken late)
    {
        try
        {
            using var answer = await _http.GetAsync(new Uri(Base, "health"), late).ConfigureAwait(false);
            return answer.StatusCode == HttpStatusCode.OK;
        }
        catch (HttpRequestException)
        {
            // Not listening yet; Docker's proxy takes the connection before the server does and drops it.
            return false;
        }
        catch (OperationCanceledException)
        {
            throw new TimeoutException($"VictoriaMetrics does not answer: {await DockerCommand.RunAsync("logs", "--tail", "20", _container).ConfigureAwait(false)}");
        }
    }
}

/// <summary>A series and its value.</summary>
/// <param name="Labels">Its labels; <c>__name__</c> is the metric.</param>
/// <param name="Value">The newest value.</param>
public sealed record PrometheusSample(IReadOnlyDictionary<string, string> Labels, double Value)
{
    internal static PrometheusSample Parse(JsonElement json) => new(
        json.GetProperty("metric").EnumerateObject().ToDictionary(label => label.Name, label => label.Value.GetString()!),
        double.Parse(json.GetProperty("value")[1].GetString()!));
}
