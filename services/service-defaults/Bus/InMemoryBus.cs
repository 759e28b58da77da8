using MassTransit;
using MassTransit.Transports.Fabric;

using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Mambo.ServiceDefaults.Bus;

/// <summary>The transport inside the process. Same names and rules as with a broker; what is not handled when the process ends comes again from the outbox.</summary>
internal static class InMemoryBus
{
    private const int CommandsAtOnce = 32;

    public static void Configure(IBusRegistrationContext context, IInMemoryBusFactoryConfigurator bus, BusPlan plan, string canary)
    {
        bus.AddSerializer(new WireSerialization());
        bus.AddDeserializer(new WireSerialization(), isDefault: true);
        var (parked, logger) = (context.GetRequiredService<ParkedMessages>(), context.GetRequiredService<ILogger<ParkFilter>>());
        foreach (var queue in plan.Queues)
        {
            bus.ReceiveEndpoint(queue.Name, endpoint =>
            {
                endpoint.ConcurrentMessageLimit = queue.InOrder ? 1 : CommandsAtOnce;
                foreach (var type in queue.Types)
                    endpoint.Bind(WireMessage.Exchange(type), queue.InOrder ? ExchangeType.FanOut : ExchangeType.Direct, queue.Host);
                endpoint.Receive(queue.Name, queue.Receiver(context), new ParkFilter(queue.Name, errorQueue: null, parked, logger), logger);
            });
        }

        var state = context.GetRequiredService<BusState>();
        bus.ReceiveEndpoint(canary, endpoint =>
        {
            endpoint.ConfigureConsumeTopology = false;
            endpoint.Handler<WireMessage>(_ =>
            {
                state.CanaryCameBack();
                return Task.CompletedTask;
            });
        });
    }
}
