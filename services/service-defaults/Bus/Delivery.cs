using Mambo.Contracts;

namespace Mambo.ServiceDefaults.Bus;

/// <summary>A command as it came from the bus.</summary>
/// <param name="Command">The message. Values are as sent: not yet validated.</param>
/// <param name="MessageId">The sender's message id. Null when a plain AMQP client gave none.</param>
/// <param name="BodyDigest">SHA-256 of the body in hexadecimal; stands in for a missing message id when the broker redelivers.</param>
/// <param name="Redelivered">The broker has tried to deliver it before.</param>
/// <param name="Faults">Fields whose JSON type was wrong; they are unset in <paramref name="Command"/>.</param>
public sealed record Delivery<TCommand>(
    TCommand Command,
    string? MessageId,
    string BodyDigest,
    bool Redelivered,
    IReadOnlyList<Contracts.Deployments.FieldError> Faults)
    where TCommand : Command;

/// <summary>An event as it came from the bus.</summary>
/// <param name="Type">Its wire name.</param>
/// <param name="Body">Its JSON, exactly as sent.</param>
/// <param name="MessageId">The id under which the teller's outbox holds it.</param>
public sealed record EventDelivery(string Type, string Body, string MessageId);

/// <summary>Takes commands of one type. Must only write to the journal and return: long work belongs to an operation.</summary>
public interface ICommandHandler<TCommand>
    where TCommand : Command
{
    /// <summary>Called once per delivery; the message is acknowledged when it returns, and tried again when it throws.</summary>
    Task HandleAsync(Delivery<TCommand> delivery, CancellationToken cancellationToken);
}

/// <summary>Takes events. Must only write to the journal and return.</summary>
public interface IEventHandler
{
    /// <summary>Called once per delivery; the message is acknowledged when it returns, and tried again when it throws.</summary>
    Task HandleAsync(EventDelivery delivery, CancellationToken cancellationToken);
}
