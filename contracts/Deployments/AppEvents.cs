namespace Mambo.Contracts.Deployments;

/// <summary>The app runs again, with the release it had.</summary>
[WireName("app-started")]
public sealed record AppStarted : DeploymentEvent
{
    /// <summary>The release that serves.</summary>
    public int Release { get; init; }

    /// <summary>Where it answers.</summary>
    public IReadOnlyList<Uri> Urls { get; init; } = [];

    /// <summary>Who asked.</summary>
    public string? RequestedBy { get; init; }

    /// <summary>From acceptance to serving, in seconds.</summary>
    public double Seconds { get; init; }
}

/// <summary>The app is stopped, and stays so until it is started or deployed.</summary>
[WireName("app-stopped")]
public sealed record AppStopped : DeploymentEvent
{
    /// <summary>The release that served, and will when it is started.</summary>
    public int Release { get; init; }

    /// <summary>Who asked.</summary>
    public string? RequestedBy { get; init; }

    /// <summary>From acceptance to its end, in seconds.</summary>
    public double Seconds { get; init; }
}

/// <summary>The app runs the same release in new containers.</summary>
[WireName("app-restarted")]
public sealed record AppRestarted : DeploymentEvent
{
    /// <summary>The release that serves.</summary>
    public int Release { get; init; }

    /// <summary>Where it answers.</summary>
    public IReadOnlyList<Uri> Urls { get; init; } = [];

    /// <summary>Who asked.</summary>
    public string? RequestedBy { get; init; }

    /// <summary>From acceptance to serving, in seconds.</summary>
    public double Seconds { get; init; }
}

/// <summary>The app is gone from its host. What it was stays in the timeline.</summary>
[WireName("app-removed")]
public sealed record AppRemoved : DeploymentEvent
{
    /// <summary>The release that served last.</summary>
    public int Release { get; init; }

    /// <summary>Whether its volumes went too.</summary>
    public bool Volumes { get; init; }

    /// <summary>Who asked.</summary>
    public string? RequestedBy { get; init; }

    /// <summary>From acceptance to its end, in seconds.</summary>
    public double Seconds { get; init; }

    /// <summary>What could not be removed and a person should look at. Empty: nothing.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];
}

/// <summary>The app takes no deployments until it is unlocked or the lease ends.</summary>
[WireName("app-locked")]
public sealed record AppLocked : DeploymentEvent
{
    /// <summary>Why.</summary>
    public string Reason { get; init; } = "";

    /// <summary>When it ends by itself.</summary>
    public DateTimeOffset EndsAt { get; init; }

    /// <summary>Who asked.</summary>
    public string? RequestedBy { get; init; }
}

/// <summary>The app takes deployments again.</summary>
[WireName("app-unlocked")]
public sealed record AppUnlocked : DeploymentEvent
{
    /// <summary>Why it was locked. Unset: it was not.</summary>
    public string? Reason { get; init; }

    /// <summary>Who asked.</summary>
    public string? RequestedBy { get; init; }
}
