namespace Mambo.ServiceDefaults.Bus;

/// <summary>The one message type the transport library knows: bytes and what stood beside them. What they mean is decided by the receiver of the queue.</summary>
/// <param name="Type">The wire name. Null: the sender, a plain AMQP client, gave none and published to no exchange of ours.</param>
/// <param name="Body">UTF-8 JSON, as sent.</param>
/// <param name="MessageId">Null when the sender gave none.</param>
/// <param name="TraceParent">W3C trace context. Null: a new trace begins.</param>
internal sealed record WireMessage(string? Type, ReadOnlyMemory<byte> Body, string? MessageId, string? TraceParent)
{
    /// <summary>The largest body that is read, in bytes. A command is small; whatever is larger is a mistake or an attack.</summary>
    public const int LargestBody = 1024 * 1024;

    /// <summary>AMQP header with the wire name.</summary>
    public const string TypeHeader = "mambo-type";

    /// <summary>Carries the id in memory, where a message has no property for it. With RabbitMQ it is the AMQP message id.</summary>
    public const string IdHeader = "mambo-id";

    /// <summary>AMQP header with the trace context, as OpenTelemetry's clients write it.</summary>
    public const string TraceHeader = "traceparent";

    /// <summary>The broker has tried to deliver it before.</summary>
    public bool Redelivered { get; init; }

    /// <summary>The exchange of a type.</summary>
    public static string Exchange(string type) => $"mambo.{type}";
}

/// <summary>Nothing can be made of the message, now or later: it goes to the error queue at once. The text holds nothing of the body.</summary>
internal sealed class UnreadableMessageException(string problem, Exception? inner = null) : Exception(problem, inner);
