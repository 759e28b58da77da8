using System.Security.Cryptography;
using System.Text;

using Mambo.Contracts;

namespace Mambo.ServiceDefaults.Bus;

/// <summary>Reads what arrived on the queue of one command and hands it to its handler. The queue knows its type, so no header is needed.</summary>
internal sealed class CommandReceiver<TCommand>(ICommandHandler<TCommand> handler)
    where TCommand : Command
{
    public Task ReceiveAsync(WireMessage message, CancellationToken cancellationToken)
    {
        var (command, faults) = CommandReader.Read<TCommand>(message.Body);
        return handler.HandleAsync(new Delivery<TCommand>(command, message.MessageId, BodyDigest.Of(message), message.Redelivered, faults), cancellationToken);
    }
}

/// <summary>Hands events on as text. A sender that gave no message id is known by the body.</summary>
internal sealed class EventReceiver(IEventHandler handler)
{
    public Task ReceiveAsync(WireMessage message, CancellationToken cancellationToken)
    {
        if (message.Type is not { } type || WireNames.Find(type)?.IsSubclassOf(typeof(PlatformEvent)) != true)
            throw new UnreadableMessageException($"It is no event this version knows: it came neither through the exchange of one nor with its name in the header {WireMessage.TypeHeader}.");
        CommandReader.RequireObject(message.Body.Span);
        return handler.HandleAsync(new EventDelivery(type, Encoding.UTF8.GetString(message.Body.Span), message.MessageId ?? $"body:{BodyDigest.Of(message)}"), cancellationToken);
    }
}

internal static class BodyDigest
{
    public static string Of(WireMessage message) => Convert.ToHexStringLower(SHA256.HashData(message.Body.Span));
}
