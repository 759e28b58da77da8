using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text;

using Mambo.ServiceDefaults.Operations;

using MassTransit;

namespace Mambo.ServiceDefaults.Bus;

/// <summary>Hands outbox messages to the broker, byte for byte, under their own id, and returns when the broker has confirmed them.</summary>
internal sealed class Publisher(IBus bus, BusState state, BusRoute route)
{
    /// <summary>As many as there are message types; looking one up by its address costs more than the rest of a publish.</summary>
    private readonly ConcurrentDictionary<(string Type, bool IsCommand), ISendEndpoint> _endpoints = new();

    public async Task PublishAsync(OutboxMessage message, CancellationToken cancellationToken)
    {
        // Earlier than that our own queues may not be bound yet, and an event would pass them by.
        await state.Listening.WaitAsync(cancellationToken).ConfigureAwait(false);
        if (message.Route is not null)
            route.RequireListener(message.Type, message.Route);

        var (type, isCommand) = (message.Type, message.Route is not null);
        if (!_endpoints.TryGetValue((type, isCommand), out var endpoint))
            _endpoints[(type, isCommand)] = endpoint = await bus.GetSendEndpoint(route.Address(type, isCommand)).ConfigureAwait(false);
        var wire = new WireMessage(message.Type, Encoding.UTF8.GetBytes(message.Body), message.MessageId, TraceOf(message));
        try
        {
            await endpoint.Send(wire, new Labels(wire, message.Route), cancellationToken).ConfigureAwait(false);
            BusMetrics.Published(message.Type);
        }
        catch (MessageReturnedException)
        {
            throw new NobodyListensException(message.Type, message.Route!);
        }
    }

    /// <summary>The span that publishes, when there is one; else what the row remembers, so that a process without tracing does not cut the trace.</summary>
    private static string? TraceOf(OutboxMessage message) =>
        Activity.Current is { } current && ActivityContext.TryParse(message.TraceParent, null, out var stored) && current.TraceId == stored.TraceId
            ? current.Id
            : message.TraceParent;

    /// <summary>Writes what stands beside the body.</summary>
    private sealed class Labels(WireMessage message, string? route) : IPipe<SendContext<WireMessage>>
    {
        public Task Send(SendContext<WireMessage> context)
        {
            context.Headers.Set(WireMessage.TypeHeader, message.Type);
            if (message.TraceParent is not null)
                context.Headers.Set(WireMessage.TraceHeader, message.TraceParent);
            if (context is RoutingKeySendContext routed)
                routed.RoutingKey = route ?? "";
            if (context is RabbitMqSendContext amqp)
            {
                // The library knows only GUIDs as ids; ours may be any text.
                context.MessageId = null;
                amqp.BasicProperties.MessageId = message.MessageId;
                amqp.Mandatory = route is not null;
            }
            else
            {
                context.Headers.Set(WireMessage.IdHeader, message.MessageId);
            }

            return Task.CompletedTask;
        }

        public void Probe(ProbeContext context)
        {
        }
    }
}

/// <summary>How a transport names what is published to, and whether it can tell that nobody listens.</summary>
/// <param name="Direct">The transport's word for an exchange that looks at the routing key.</param>
/// <param name="Listeners">Commands and hosts with a listener, where the transport itself would drop a message silently. Null: the broker returns what nobody listens for.</param>
internal sealed record BusRoute(string Direct, IReadOnlySet<(string Type, string Host)>? Listeners)
{
    public Uri Address(string type, bool isCommand) => new($"exchange:{WireMessage.Exchange(type)}{(isCommand ? $"?type={Direct}" : "")}");

    public void RequireListener(string type, string host)
    {
        if (Listeners?.Contains((type, host)) == false)
            throw new NobodyListensException(type, host);
    }
}

/// <summary>A command has no consumer: the service is not set up on that host, or has never run.</summary>
internal sealed class NobodyListensException(string type, string host)
    : Exception($"Nobody listens for {type} on host {host}. Start the service that carries it out there, or name another host.");
