using System.Diagnostics;

using Mambo.Contracts.Deployments;
using Mambo.ServiceDefaults;
using Mambo.ServiceDefaults.Bus;
using Mambo.ServiceDefaults.Operations;
using Mambo.TestEnvironment;

using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;

using RabbitMQ.Client;

namespace Mambo.Benchmarks;

/// <summary>
/// Accepted commands a second through RabbitMQ: a plain client publishes <c>DeployApp</c> with confirms, the service takes it from its quorum queue, commits inbox, operation and
/// outbox to its journal, acknowledges, and its relay publishes <c>DeploymentAccepted</c> with confirm, which a listener on another queue receives. Broker and service share the machine.
/// </summary>
internal static class BusBenchmark
{
    private const int WarmUp = 5000;
    private const int Commands = 10_000;
    private const double Goal = 1500;

    public static async Task<Report> RunAsync()
    {
        Environment.SetEnvironmentVariable("MAMBO_LOG_LEVEL", "warning");
        await using var broker = await RabbitMqServer.StartAsync();
        using var home = new PlatformHome(broker.Password);
        home.Configure($"bus:\n  host: {broker.Host}\n  port: {broker.Port}\n  user: {broker.User}\napi:\n  listen: 127.0.0.1:0\n");
        var builder = MamboHost.CreateBuilder("deployer", ["--home", home.Path]);
        builder.Services.AddJournal("deployer", parallel: _ => 1).AddOperation<Waiting>("deployer").AddSingleton<Arrivals>();
        builder.Services.AddCommandHandler<DeployApp, Accept>().AddEventHandler<Count>("timeline", [typeof(DeploymentAccepted)]);
        builder.AddBus();
        await using var app = builder.Build();
        await app.StartAsync();
        while ((await app.Services.GetRequiredService<HealthCheckService>().CheckHealthAsync(check => check.Tags.Contains("ready"))).Status != HealthStatus.Healthy)
            await Task.Delay(25);

        var arrivals = app.Services.GetRequiredService<Arrivals>();
        await PublishAsync(broker, WarmUp);
        await arrivals.UntilAsync(WarmUp);
        var watch = Stopwatch.StartNew();
        await PublishAsync(broker, Commands);
        var published = watch.Elapsed;
        await arrivals.UntilAsync(WarmUp + Commands);
        var rate = Commands / watch.Elapsed.TotalSeconds;
        await app.StopAsync();

        return new Report(
            "bus",
            $"{Commands:N0} DeployApp published by a plain client with confirms, each committed to the journal and its DeploymentAccepted told and received; broker and service share the machine",
            [
                Row.AtLeast("commands accepted and told", rate, "/s", Goal),
                new Row("commands published by the client", Commands / published.TotalSeconds, "/s"),
            ]);
    }

    private static async Task PublishAsync(RabbitMqServer broker, int count)
    {
        var factory = new ConnectionFactory { HostName = broker.Host, Port = broker.Port, UserName = broker.User, Password = broker.Password };
        await using var connection = await factory.CreateConnectionAsync();
        await using var channel = await connection.CreateChannelAsync(new CreateChannelOptions(publisherConfirmationsEnabled: true, publisherConfirmationTrackingEnabled: true));
        var body = """{"app":"shop","bundle":"sha256:9fa0b60a0693d2e25ae4dbd59f8e8eb0387982d050bc34a6cd3b94b33c5ec6e7","requestedBy":"ci"}"""u8.ToArray();
        await Parallel.ForAsync(0, count, new ParallelOptions { MaxDegreeOfParallelism = 64 }, async (_, cancellationToken) =>
            await channel.BasicPublishAsync("mambo.deploy-app", "local", mandatory: true, new BasicProperties { Persistent = true }, body, cancellationToken));
    }

    private sealed class Accept([FromKeyedServices("deployer")] Journal journal, Waiting operation) : ICommandHandler<DeployApp>
    {
        public Task HandleAsync(Delivery<DeployApp> delivery, CancellationToken cancellationToken) => journal.WriteAsync(
            transaction =>
            {
                if (transaction.Receive(delivery, "deployer"))
                    transaction.Enqueue(operation, delivery.Command, delivery.Command.DeploymentId ?? Guid.CreateVersion7(), delivery.Command.RequestedBy);
            },
            cancellationToken);
    }

    private sealed class Count(Arrivals arrivals) : IEventHandler
    {
        public Task HandleAsync(EventDelivery delivery, CancellationToken cancellationToken)
        {
            arrivals.Add();
            return Task.CompletedTask;
        }
    }

    private sealed class Arrivals
    {
        private int _count;

        public void Add() => Interlocked.Increment(ref _count);

        public async Task UntilAsync(int count)
        {
            while (Volatile.Read(ref _count) < count)
                await Task.Delay(5);
        }
    }

    /// <summary>All commands are for one app, and the first of them never ends: what is measured is acceptance alone.</summary>
    private sealed class Waiting : Operation<DeployApp, object>
    {
        public override IReadOnlyList<Step<DeployApp, object>> Steps => [new("wait", (_, cancellationToken) => Task.Delay(Timeout.Infinite, cancellationToken), TimeSpan.FromHours(1))];

        public override string Subject(DeployApp command) => command.App!;

        protected override Contracts.PlatformEvent Accepted(OperationContext<DeployApp, object> operation) => new DeploymentAccepted { DeploymentId = operation.Id, App = operation.Subject };

        protected override Contracts.PlatformEvent StepCompleted(OperationContext<DeployApp, object> operation, StepOutcome step) => new DeploymentStepCompleted { DeploymentId = operation.Id };

        protected override Contracts.PlatformEvent Completed(OperationContext<DeployApp, object> operation) => new AppDeployed { DeploymentId = operation.Id };

        protected override Contracts.PlatformEvent Failed(OperationContext<DeployApp, object> operation, Failure failure, string? step, string? left) => new DeploymentFailed { DeploymentId = operation.Id };

        protected override Contracts.PlatformEvent Cancelled(OperationContext<DeployApp, object> operation, string? reason, string? by, string? step) => new DeploymentCancelled { DeploymentId = operation.Id };
    }
}
