using Mambo.ServiceDefaults.Configuration;

using MassTransit;

using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

using RabbitMQ.Client;

namespace Mambo.ServiceDefaults.Bus;

/// <summary>RabbitMQ 4: quorum queues, publishes confirmed. Connects and reconnects by itself for as long as the process lives.</summary>
internal static class RabbitMqBus
{
    public const string PasswordSecret = "bus-password";

    // A handler is one commit, and commits that wait together share one flush to disk: many at once is what makes them fast.
    private const int CommandsAtOnce = 128;
    private const int EventsPrefetched = 64;

    /// <summary>Shorter than the canary is patient, so that a broker that hangs is known to be away before the canary counts as lost.</summary>
    private static readonly TimeSpan Heartbeat = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(10);

    public static void Configure(IBusRegistrationContext context, IRabbitMqBusFactoryConfigurator bus, PlatformSetup setup, BusPlan plan, string canary)
    {
        var options = setup.Options.Bus;
        bus.Host(options.Host, (ushort)options.Port, options.VirtualHost, $"mambo {setup.Service}@{setup.Identity.Host}", host =>
        {
            host.Username(options.User);
            host.Password(setup.Secrets.Require(PasswordSecret).Reveal());
            host.Heartbeat(Heartbeat);
            host.RequestedConnectionTimeout(ConnectTimeout);
        });
        bus.AddSerializer(new WireSerialization());
        bus.AddDeserializer(new WireSerialization(), isDefault: true);
        bus.SendTopology.ConfigureErrorSettings = queue => ErrorQueues.Bound(queue.SetQueueArgument);
        var (errors, parked, logger) = (context.GetRequiredService<ErrorQueues>(), context.GetRequiredService<ParkedMessages>(), context.GetRequiredService<ILogger<ParkFilter>>());
        foreach (var queue in plan.Queues)
            Listen(bus, queue, queue.Receiver(context), new ParkFilter(queue.Name, errors.ParkAsync, parked, logger), logger);
        ListenForCanary(bus, canary, context.GetRequiredService<BusState>(), errors);
    }

    private static void Listen(IRabbitMqBusFactoryConfigurator bus, ListenedQueue queue, ReceiveMessage receive, ParkFilter park, ILogger logger) => bus.ReceiveEndpoint(queue.Name, endpoint =>
    {
        endpoint.SetQuorumQueue();
        ErrorQueues.LeadTo(queue.Name, endpoint.SetQueueArgument);
        endpoint.PrefetchCount = queue.InOrder ? EventsPrefetched : CommandsAtOnce;
        endpoint.ConcurrentMessageLimit = queue.InOrder ? 1 : CommandsAtOnce;
        foreach (var type in queue.Types)
        {
            endpoint.Bind(WireMessage.Exchange(type), exchange =>
            {
                exchange.ExchangeType = queue.InOrder ? ExchangeType.Fanout : ExchangeType.Direct;
                exchange.RoutingKey = queue.Host ?? "";
            });
        }

        endpoint.Receive(queue.Name, receive, park, logger);
    });

    /// <summary>A queue of this connection only, which goes with it.</summary>
    private static void ListenForCanary(IRabbitMqBusFactoryConfigurator bus, string canary, BusState state, ErrorQueues errors) => bus.ReceiveEndpoint(canary, endpoint =>
    {
        (endpoint.Durable, endpoint.AutoDelete, endpoint.ConfigureConsumeTopology) = (false, true, false);
        endpoint.Handler<WireMessage>(async context =>
        {
            state.CanaryCameBack();
            await errors.LookAsync(context.ReceiveContext).ConfigureAwait(false);
        });
    });
}
