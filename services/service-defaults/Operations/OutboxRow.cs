namespace Mambo.ServiceDefaults.Operations;

/// <summary>A row of the table <c>outbox</c>.</summary>
internal sealed class OutboxRow
{
    public long Sequence { get; init; }

    public string MessageId { get; init; } = "";

    public string Lane { get; init; } = "";

    public string Type { get; init; } = "";

    public string Body { get; init; } = "";

    public string? Route { get; init; }

    public string? TraceParent { get; init; }

    public DateTimeOffset CreatedAt { get; init; }

    public int Attempts { get; init; }

    public OutboxMessage Message() => new(Sequence, MessageId, Lane, Type, Body, Route, TraceParent, CreatedAt, Attempts);
}
