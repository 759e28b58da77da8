using System.Collections.Concurrent;

using MassTransit;
using MassTransit.RabbitMqTransport;
using MassTransit.Transports;

using Microsoft.Extensions.Logging;

using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;

using Arguments = RabbitMQ.Client.Headers;

namespace Mambo.ServiceDefaults.Bus;

/// <summary>
/// The error queues at RabbitMQ, <c>{queue}_error</c>: quorum, bounded, and made at start, so that the broker can put there itself what was delivered too often.
/// </summary>
internal sealed partial class ErrorQueues(BusPlan plan, ParkedMessages parked, ILogger<ErrorQueues> logger)
{
    /// <summary>The oldest fall out first.</summary>
    private const int MostMessages = 1000;

    /// <summary>A process that dies while it holds a message counts as a delivery. More than RabbitMQ's 20, since messages that merely waited beside the deadly one count too.</summary>
    private const int MostDeliveries = 50;

    private static readonly TimeSpan Kept = TimeSpan.FromDays(14);

    private readonly ConcurrentDictionary<string, long> _depths = new(StringComparer.Ordinal);

    /// <summary>Depth by error queue, as last seen.</summary>
    public IReadOnlyDictionary<string, long> Depths => _depths;

    /// <summary>What a queue must be declared with so that the broker parks what kills every process that takes it.</summary>
    public static void LeadTo(string queue, Action<string, object?> setArgument)
    {
        setArgument(Arguments.XDeadLetterExchange, ParkFilter.ErrorQueue(queue));
        setArgument("x-delivery-limit", MostDeliveries);
    }

    /// <summary>Turns the arguments of a queue into those of its error queue: the library copies them.</summary>
    public static void Bound(Action<string, object?> setArgument)
    {
        setArgument(Arguments.XDeadLetterExchange, null);
        setArgument(Arguments.XMaxLength, MostMessages);
        setArgument(Arguments.XMessageTTL, (int)Kept.TotalMilliseconds);
    }

    /// <summary>Moves a message to its error queue and returns how many lie there. Null: that cannot be said now.</summary>
    public async Task<long?> ParkAsync(ExceptionReceiveContext context)
    {
        var transport = context.TryGetPayload(out IErrorTransport? found) ? found : throw new InvalidOperationException("The queue has no error transport.");
        await transport.Send(context).ConfigureAwait(false);
        var queue = ParkFilter.ErrorQueue(context.InputAddress.AbsolutePath.Split('/')[^1]);
        await using var channel = await OpenAsync(context).ConfigureAwait(false);
        return _depths[queue] = await DepthAsync(channel, queue, context.CancellationToken).ConfigureAwait(false);
    }

    /// <summary>Makes the error queues where they are missing and tells of those that hold more than was known, as at start.</summary>
    public async Task LookAsync(ReceiveContext context)
    {
        try
        {
            await using var channel = await OpenAsync(context).ConfigureAwait(false);
            foreach (var queue in plan.Queues.Select(queue => ParkFilter.ErrorQueue(queue.Name)))
            {
                var depth = await DepthAsync(channel, queue, context.CancellationToken).ConfigureAwait(false);
                var known = _depths.GetValueOrDefault(queue);
                _depths[queue] = depth;
                if (depth > known)
                    parked.Tell(queue, "Messages lie in the error queue. The log of the service that put them there says why.", depth);
            }
        }
        catch (OperationInterruptedException fault)
        {
            // Somebody declared the queue with other arguments. Nothing is lost by it, so the service goes on.
            LogNotSeen(logger, fault.Message);
        }
    }

    private static Task<IChannel> OpenAsync(ReceiveContext context) =>
        // One of its own: a refused declaration closes its channel, and the queue's own must live on.
        context.GetPayload<ChannelContext>().ConnectionContext.CreateChannel(null, context.CancellationToken);

    private static async Task<long> DepthAsync(IChannel channel, string queue, CancellationToken cancellationToken)
    {
        var arguments = new Dictionary<string, object?> { [Arguments.XQueueType] = "quorum", ["x-delivery-limit"] = MostDeliveries };
        Bound((name, value) => _ = value is null ? arguments.Remove(name) : arguments.TryAdd(name, value));
        await channel.ExchangeDeclareAsync(queue, ExchangeType.Fanout, durable: true, cancellationToken: cancellationToken).ConfigureAwait(false);
        var declared = await channel.QueueDeclareAsync(queue, durable: true, exclusive: false, autoDelete: false, arguments, cancellationToken: cancellationToken).ConfigureAwait(false);
        await channel.QueueBindAsync(queue, queue, routingKey: "", cancellationToken: cancellationToken).ConfigureAwait(false);
        return declared.MessageCount;
    }

    [LoggerMessage(43, LogLevel.Warning, "The error queues cannot be looked at: {Error}")]
    private static partial void LogNotSeen(ILogger logger, string error);
}
