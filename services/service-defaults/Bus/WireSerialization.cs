using System.Net.Mime;

using MassTransit;
using MassTransit.Metadata;
using MassTransit.Serialization;

namespace Mambo.ServiceDefaults.Bus;

/// <summary>Takes bodies as they are, both ways, whatever content type a sender wrote: no envelope, and no JSON read before the receiver does.</summary>
internal sealed class WireSerialization : ISerializerFactory, IMessageSerializer, IMessageDeserializer
{
    public ContentType ContentType { get; } = new("application/json");

    public IMessageSerializer CreateSerializer() => this;

    public IMessageDeserializer CreateDeserializer() => this;

    public MessageBody GetMessageBody<T>(SendContext<T> context)
        where T : class => context.Message is WireMessage message
            ? new MemoryMessageBody(message.Body)
            : throw new NotSupportedException($"Only {nameof(WireMessage)} is sent, not {typeof(T)}.");

    public MessageBody GetMessageBody(string text) => new StringMessageBody(text);

    public ConsumeContext Deserialize(ReceiveContext receiveContext) => new BodyConsumeContext(receiveContext, new WireContext(Read(receiveContext)));

    public SerializerContext Deserialize(MessageBody body, Headers headers, Uri? destinationAddress = null) =>
        new WireContext(new WireMessage(headers.Get<string>(WireMessage.TypeHeader), body.GetBytes(), headers.Get<string>(WireMessage.IdHeader), headers.Get<string>(WireMessage.TraceHeader)));

    public void Probe(ProbeContext context) => context.CreateScope("wire");

    /// <summary>From a message's properties and headers, whichever transport brought it.</summary>
    public static WireMessage Read(ReceiveContext context)
    {
        var (headers, amqp) = (context.TransportHeaders, context as RabbitMqBasicConsumeContext);
        var id = amqp is null ? headers.Get<string>(WireMessage.IdHeader) : amqp.Properties.MessageId;
        return new WireMessage(
            headers.Get<string>(WireMessage.TypeHeader) ?? TypeOf(amqp?.Exchange), context.Body.GetBytes(), string.IsNullOrEmpty(id) ? null : id, headers.Get<string>(WireMessage.TraceHeader))
        {
            Redelivered = context.Redelivered,
        };
    }

    private static string? TypeOf(string? exchange)
    {
        var prefix = WireMessage.Exchange("");
        return exchange?.StartsWith(prefix, StringComparison.Ordinal) == true ? exchange[prefix.Length..] : null;
    }

    /// <summary>Tells the library what arrived. Addresses stay unset: a stranger's reply and fault addresses are not followed.</summary>
    private sealed class WireContext(WireMessage message) : BaseSerializerContext(SystemTextJsonMessageSerializer.Instance, Nothing.Instance, [MessageUrn.ForTypeString<WireMessage>()])
    {
        public override bool TryGetMessage<T>(out T? found)
            where T : class => (found = message as T) is not null;

        public override bool TryGetMessage(Type messageType, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out object? found) =>
            (found = messageType == typeof(WireMessage) ? message : null) is not null;

        public override IMessageSerializer GetMessageSerializer() => throw new NotSupportedException();

        public override IMessageSerializer GetMessageSerializer<T>(MessageEnvelope envelope, T overlay) => throw new NotSupportedException();

        public override IMessageSerializer GetMessageSerializer(object other, string[] messageTypes) => throw new NotSupportedException();

        public override Dictionary<string, object> ToDictionary<T>(T? other)
            where T : class => throw new NotSupportedException();
    }

    private sealed class Nothing : MessageContext
    {
        public static readonly Nothing Instance = new();

        public Guid? MessageId => null;

        public Guid? RequestId => null;

        public Guid? CorrelationId => null;

        public Guid? ConversationId => null;

        public Guid? InitiatorId => null;

        public DateTime? ExpirationTime => null;

        public Uri? SourceAddress => null;

        public Uri? DestinationAddress => null;

        public Uri? ResponseAddress => null;

        public Uri? FaultAddress => null;

        public DateTime? SentTime => null;

        public Headers Headers => EmptyHeaders.Instance;

        public HostInfo Host => HostMetadataCache.Empty;
    }
}
