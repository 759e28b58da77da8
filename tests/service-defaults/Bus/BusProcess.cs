using System.Collections.Concurrent;
using System.Diagnostics;

using Mambo.Contracts.Deployments;
using Mambo.ServiceDefaults.Bus;
using Mambo.ServiceDefaults.Operations;
using Mambo.ServiceDefaults.Tests.Hosts;
using Mambo.TestEnvironment;

using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Mambo.ServiceDefaults.Tests.Bus;

/// <summary>One process on the bus: a host as a service builds it, which takes <see cref="DeployApp"/> and listens to events.</summary>
internal sealed class BusProcess : IAsyncDisposable
{
    public static readonly IReadOnlyList<Type> Events =
        [typeof(DeploymentAccepted), typeof(DeploymentStepCompleted), typeof(AppDeployed), typeof(Contracts.Alerts.MessageParked)];

    private readonly TestHome _home = new();
    private readonly WebApplication _app;

    /// <summary>On the transport inside the process.</summary>
    public BusProcess()
        : this("local", listens: true, password: null, "bus.transport=inMemory")
    {
    }

    public BusProcess(RabbitMqServer broker, string host, bool listens = true)
        : this(broker.Port, broker.Password, host, listens)
    {
    }

    public BusProcess(int port, string password = "none", string host = "local", bool listens = true)
        : this(host, listens, password, "bus.transport=rabbitMq", $"bus.port={port}")
    {
    }

    private BusProcess(string host, bool listens, string? password, params string[] settings)
    {
        if (password is not null)
            _home.WriteSecret("bus-password", password);
        var builder = _home.CreateBuilder("tests", [.. settings.Append($"platform.host={host}").SelectMany(setting => new[] { "--set", setting })]);
        builder.Services.AddSingleton(this);
        if (listens)
        {
            builder.Services.AddCommandHandler<DeployApp, TakeCommands>();
            builder.Services.AddEventHandler<TakeEvents>("timeline", Events);
        }

        builder.AddBus();
        _app = builder.Build();
    }

    public ConcurrentQueue<Delivery<DeployApp>> Commands { get; } = new();

    public ConcurrentQueue<EventDelivery> Happened { get; } = new();

    /// <summary>Trace ids current in the handlers, by message id.</summary>
    public ConcurrentDictionary<string, string> Traces { get; } = new();

    public string? LastTrace { get; private set; }

    public Func<Delivery<DeployApp>, Task> OnCommand { get; set; } = _ => Task.CompletedTask;

    public Func<EventDelivery, Task> OnEvent { get; set; } = _ => Task.CompletedTask;

    public IServiceProvider Services => _app.Services;

    public async Task<BusProcess> StartAsync(bool untilReady = true)
    {
        await _app.StartAsync();
        if (untilReady)
            await UntilAsync(async () => (await HealthAsync("ready")).Status == HealthStatus.Healthy);
        return this;
    }

    public Task StopAsync() => _app.StopAsync();

    public Task<HealthReport> HealthAsync(string tag) => _app.Services.GetRequiredService<HealthCheckService>().CheckHealthAsync(check => check.Tags.Contains(tag));

    public Task PublishAsync(string type, string body, string? id = null, string? host = null, string? traceParent = null, CancellationToken cancellationToken = default) =>
        _app.Services.GetRequiredService<PublishMessage>()(
            new OutboxMessage(1, id ?? Guid.NewGuid().ToString(), "lane", type, body, host, traceParent, DateTimeOffset.UnixEpoch, 0), cancellationToken);

    public static Task UntilAsync(Func<bool> condition) => UntilAsync(() => Task.FromResult(condition()));

    public static async Task UntilAsync(Func<Task<bool>> condition)
    {
        var watch = Stopwatch.StartNew();
        while (!await condition())
        {
            if (watch.Elapsed > TimeSpan.FromSeconds(30))
                throw new TimeoutException("It has not come true in 30 seconds.");
            await Task.Delay(10);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
        _home.Dispose();
    }

    private sealed class TakeCommands(BusProcess process) : ICommandHandler<DeployApp>
    {
        public async Task HandleAsync(Delivery<DeployApp> delivery, CancellationToken cancellationToken)
        {
            process.LastTrace = Activity.Current!.TraceId.ToString();
            if (delivery.MessageId is { } id)
                process.Traces[id] = process.LastTrace;
            process.Commands.Enqueue(delivery);
            await process.OnCommand(delivery);
        }
    }

    private sealed class TakeEvents(BusProcess process) : IEventHandler
    {
        public async Task HandleAsync(EventDelivery delivery, CancellationToken cancellationToken)
        {
            process.Traces[delivery.MessageId] = Activity.Current!.TraceId.ToString();
            process.Happened.Enqueue(delivery);
            await process.OnEvent(delivery);
        }
    }
}
