namespace Mambo.ServiceDefaults.Operations;

/// <summary>A message on its way out: in the journal since the transaction that caused it, gone when the broker has confirmed it.</summary>
/// <param name="Sequence">Its place in the order of telling.</param>
/// <param name="MessageId">The id receivers know repeats by.</param>
/// <param name="Lane">What it is about; messages of one lane leave in order.</param>
/// <param name="Type">Its wire name.</param>
/// <param name="Body">Its JSON.</param>
/// <param name="Route">The host a command is for. Null: an event, for everyone.</param>
/// <param name="TraceParent">The W3C trace context of what caused it. Null: none was active.</param>
/// <param name="CreatedAt">When it was written.</param>
/// <param name="Attempts">Failed tries so far.</param>
public sealed record OutboxMessage(
    long Sequence, string MessageId, string Lane, string Type, string Body, string? Route, string? TraceParent, DateTimeOffset CreatedAt, int Attempts);

/// <summary>Hands one message to the broker and returns when the broker has it. Throws when it is unreachable, or when nobody listens for a command.</summary>
public delegate Task PublishMessage(OutboxMessage message, CancellationToken cancellationToken);
