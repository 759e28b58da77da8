namespace Mambo.Contracts.Alerts;

/// <summary>An incident opened.</summary>
[WireName("alert-raised")]
public sealed record AlertRaised : PlatformEvent
{
    /// <summary>The incident; also the correlation id.</summary>
    public Guid IncidentId { get; init; }

    /// <summary>What it is about.</summary>
    public string Name { get; init; } = "";

    /// <summary>How urgent.</summary>
    public AlertSeverity Severity { get; init; }

    /// <summary>One line for people.</summary>
    public string Summary { get; init; } = "";

    /// <summary>What tells it from others of the same name.</summary>
    public IReadOnlyDictionary<string, string> Labels { get; init; } = new Dictionary<string, string>();
}

/// <summary>An incident ended.</summary>
[WireName("alert-resolved")]
public sealed record AlertResolved : PlatformEvent
{
    /// <summary>The incident.</summary>
    public Guid IncidentId { get; init; }

    /// <summary>What it was about.</summary>
    public string Name { get; init; } = "";

    /// <summary>How it ended.</summary>
    public string Summary { get; init; } = "";

    /// <summary>From raised to resolved, in seconds.</summary>
    public double Seconds { get; init; }
}

/// <summary>The ntfy server has taken a notification.</summary>
[WireName("alert-delivered")]
public sealed record AlertDelivered : PlatformEvent
{
    /// <summary>The notification's own id.</summary>
    public Guid NotificationId { get; init; }

    /// <summary>Wire name of what it told of, such as <c>app-deployed</c>.</summary>
    public string About { get; init; } = "";

    /// <summary>Its title.</summary>
    public string Title { get; init; } = "";

    /// <summary>The id the ntfy server gave it.</summary>
    public string MessageId { get; init; } = "";

    /// <summary>How many tries it took.</summary>
    public int Attempts { get; init; }

    /// <summary>From the event to the server's answer, in seconds.</summary>
    public double Seconds { get; init; }
}

/// <summary>A notification cannot be delivered: the server refuses it for good, or has been out of reach for so long that it was given up.</summary>
[WireName("alert-delivery-failed")]
public sealed record AlertDeliveryFailed : PlatformEvent
{
    /// <summary>The notification's own id.</summary>
    public Guid NotificationId { get; init; }

    /// <summary>Wire name of what it told of.</summary>
    public string About { get; init; } = "";

    /// <summary>Its title.</summary>
    public string Title { get; init; } = "";

    /// <summary>What the server said, and the remedy.</summary>
    public string Message { get; init; } = "";

    /// <summary>How many tries were made.</summary>
    public int Attempts { get; init; }
}

/// <summary>A silence began.</summary>
[WireName("alerts-silenced")]
public sealed record AlertsSilenced : PlatformEvent
{
    /// <summary>The silence.</summary>
    public Guid SilenceId { get; init; }

    /// <summary>Labels that must be equal.</summary>
    public IReadOnlyDictionary<string, string> Matchers { get; init; } = new Dictionary<string, string>();

    /// <summary>When it ends.</summary>
    public DateTimeOffset EndsAt { get; init; }

    /// <summary>Why.</summary>
    public string Reason { get; init; } = "";

    /// <summary>Who asked.</summary>
    public string? RequestedBy { get; init; }
}

/// <summary>A message was moved to an error queue because nothing could be made of it.</summary>
[WireName("message-parked")]
public sealed record MessageParked : PlatformEvent
{
    /// <summary>The error queue it lies in.</summary>
    public string Queue { get; init; } = "";

    /// <summary>What was wrong with it.</summary>
    public string Problem { get; init; } = "";

    /// <summary>How many messages lie in that queue, when known.</summary>
    public long? Depth { get; init; }
}
