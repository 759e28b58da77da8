namespace Mambo.Contracts.Alerts;

/// <summary>How urgently a person is needed.</summary>
public enum AlertSeverity
{
    /// <summary>Good to know.</summary>
    Info,

    /// <summary>Look at it today.</summary>
    Warning,

    /// <summary>Look at it now.</summary>
    Critical,
}

/// <summary>Opens an alert, or confirms one that is open: the same labels are the same alert.</summary>
[WireName("raise-alert")]
public sealed record RaiseAlert : Command
{
    /// <summary>What it is about, such as <c>DiskFull</c>; becomes the label <c>alertname</c>.</summary>
    public string? Name { get; init; }

    /// <summary>How urgent. Default: warning.</summary>
    public AlertSeverity Severity { get; init; } = AlertSeverity.Warning;

    /// <summary>One line for the phone's lock screen. Unset: the name.</summary>
    public string? Summary { get; init; }

    /// <summary>More, for the notification's body. Unset: nothing.</summary>
    public string? Description { get; init; }

    /// <summary>What tells this alert from others of the same name, such as <c>app</c> or <c>volume</c>. Unset: none.</summary>
    public IReadOnlyDictionary<string, string>? Labels { get; init; }

    /// <summary>Where the notification leads when touched. Unset: nowhere.</summary>
    public Uri? Link { get; init; }
}

/// <summary>Closes the open alert with this name and these labels.</summary>
[WireName("resolve-alert")]
public sealed record ResolveAlert : Command
{
    /// <summary>The alert's name.</summary>
    public string? Name { get; init; }

    /// <summary>Its labels, all of them.</summary>
    public IReadOnlyDictionary<string, string>? Labels { get; init; }

    /// <summary>How it ended, for people. Unset: nothing.</summary>
    public string? Summary { get; init; }
}

/// <summary>Holds back notifications of alerts whose labels match, for a time.</summary>
[WireName("silence-alerts")]
public sealed record SilenceAlerts : Command
{
    /// <summary>The silence's id. Unset: a new one.</summary>
    public Guid? SilenceId { get; init; }

    /// <summary>Labels that must be equal, all of them; <c>alertname</c> is one. At least one.</summary>
    public IReadOnlyDictionary<string, string>? Matchers { get; init; }

    /// <summary>When it ends.</summary>
    public DateTimeOffset? EndsAt { get; init; }

    /// <summary>Why. Required.</summary>
    public string? Reason { get; init; }
}

/// <summary>A person has seen the alert and looks after it.</summary>
[WireName("acknowledge-alert")]
public sealed record AcknowledgeAlert : Command
{
    /// <summary>The incident, as in <see cref="AlertRaised.IncidentId"/>.</summary>
    public Guid? IncidentId { get; init; }

    /// <summary>A note for others. Unset: none.</summary>
    public string? Note { get; init; }
}
