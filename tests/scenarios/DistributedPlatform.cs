using System.Net;
using System.Text.Json;

using Mambo.TestEnvironment;

namespace Mambo.Scenarios.Tests;

/// <summary>The three services as processes of their own over a real RabbitMQ, telling a real ntfy server, VictoriaMetrics and an OTLP receiver.</summary>
public sealed class DistributedPlatform : IAsyncDisposable
{
    private readonly PlatformHome _home;
    private readonly string _prefix = $"dist-{Guid.NewGuid().ToString("N")[..8]}";

    private DistributedPlatform(RabbitMqServer broker)
    {
        (Broker, _home) = (broker, new PlatformHome(broker.Password));
        Deployer = new ServiceProcess("Mambo.Deployer", _home);
        Relay = new ServiceProcess("Mambo.AlertRelay", _home);
        Backoffice = new ServiceProcess("Mambo.Backoffice", _home);
    }

    public RabbitMqServer Broker { get; }

    public NtfyServer Ntfy { get; } = new();

    public OtlpReceiver Otlp { get; private set; } = null!;

    public VictoriaMetricsServer Metrics { get; private set; } = null!;

    public ServiceProcess Deployer { get; }

    public ServiceProcess Relay { get; }

    public ServiceProcess Backoffice { get; }

    public HttpClient Api => Backoffice.Api;

    public static async Task<DistributedPlatform> StartAsync()
    {
        var platform = new DistributedPlatform(await RabbitMqServer.StartAsync());
        await platform.Ntfy.StartAsync();
        platform.Otlp = await OtlpReceiver.StartAsync();
        platform.Metrics = await VictoriaMetricsServer.StartAsync();
        platform._home.Configure(
            $"""
            platform:
              name: {platform._prefix}
            bus:
              host: {platform.Broker.Host}
              port: {platform.Broker.Port}
              user: {platform.Broker.User}
            alerts:
              server: {platform.Ntfy.Address}
              topic: phone
            telemetry:
              logs: {platform.Otlp.Address}
              traces: {new Uri(platform.Otlp.Address, "v1/traces")}
              metrics: {platform.Metrics.OtlpAddress}
              metricsInterval: 1s
            """);
        await Task.WhenAll(platform.Deployer.StartAsync(), platform.Relay.StartAsync(), platform.Backoffice.StartAsync());
        return platform;
    }

    /// <summary>What the app shows through the deployer's edge.</summary>
    public async Task<string> PageAsync(string app)
    {
        using var browser = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Get, $"http://127.0.0.1:{Deployer.EdgePort}/") { Headers = { Host = $"{app}.localhost" } };
        using var answer = await browser.SendAsync(request);
        return answer.StatusCode == HttpStatusCode.OK ? await answer.Content.ReadAsStringAsync() : $"{(int)answer.StatusCode}";
    }

    /// <summary>The first event on the timeline that fits; waits for it.</summary>
    public async Task<JsonElement> EventAsync(string type, Func<JsonElement, bool>? fits = null, TimeSpan? deadline = null)
    {
        JsonElement found = default;
        await UntilAsync(
            async () =>
            {
                found = (await Api.EventsAsync($"&type={type}")).Select(item => item.GetProperty("body")).FirstOrDefault(body => fits?.Invoke(body) ?? true);
                return found.ValueKind == JsonValueKind.Object;
            },
            deadline ?? TimeSpan.FromSeconds(60),
            () => $"no {type} on the timeline; the deployer says:\n{Deployer.Tail(20)}");
        return found;
    }

    /// <summary>Waits until a condition of the outside world holds.</summary>
    public static async Task UntilAsync(Func<Task<bool>> condition, TimeSpan deadline, Func<string> otherwise)
    {
        using var late = new CancellationTokenSource(deadline);
        while (!await condition())
        {
            if (late.IsCancellationRequested)
                throw new TimeoutException($"After {deadline.TotalSeconds:0} s: {otherwise()}");
            await Task.Delay(100);
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var process in (ReadOnlySpan<ServiceProcess>)[Deployer, Relay, Backoffice])
            process.DisposeAsync().AsTask().Wait();
        await DockerCommand.RemoveProjectsAsync($"{_prefix}-");
        await Ntfy.DisposeAsync();
        await Broker.DisposeAsync();
        if (Otlp is not null)
            await Otlp.DisposeAsync();
        if (Metrics is not null)
            await Metrics.DisposeAsync();
        _home.Dispose();
    }
}
