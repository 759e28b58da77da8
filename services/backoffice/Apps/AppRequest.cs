namespace Mambo.Backoffice.Apps;

/// <summary>Where an app is to be started, stopped, restarted or unlocked.</summary>
internal sealed record AppRequest
{
    /// <summary>The host that runs the app. Unset: this one.</summary>
    public string? Host { get; init; }
}

/// <summary>What is to be removed of an app.</summary>
internal sealed record RemovalRequest
{
    /// <summary>Its volumes go too, and with them its data, for good. Unset: they stay.</summary>
    public bool? Volumes { get; init; }

    /// <summary>The host that runs the app. Unset: this one.</summary>
    public string? Host { get; init; }
}

/// <summary>Why and how long an app takes no deployments.</summary>
internal sealed record LockRequest
{
    /// <summary>For those whose deployments are rejected; at most 500 characters.</summary>
    public required string Reason { get; init; }

    /// <summary>After this time the lock ends by itself: 90m, 2h, 3d, up to 30d. Unset: 24h.</summary>
    public string? For { get; init; }

    /// <summary>The host that runs the app. Unset: this one.</summary>
    public string? Host { get; init; }
}
