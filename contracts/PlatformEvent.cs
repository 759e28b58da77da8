namespace Mambo.Contracts;

/// <summary>Tells that something happened. Any number of services may listen; the timeline records every one.</summary>
public abstract record PlatformEvent
{
    /// <summary>When it happened. Stamped by the outbox when left at its default.</summary>
    public DateTimeOffset OccurredAt { get; init; }

    /// <summary>The host whose service tells it. Stamped by the outbox when left empty.</summary>
    public string Host { get; init; } = "";
}
