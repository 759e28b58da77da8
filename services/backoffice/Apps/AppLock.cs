using Mambo.Contracts.Deployments;

namespace Mambo.Backoffice.Apps;

/// <summary>An app takes no deployments.</summary>
internal sealed record AppLock
{
    /// <summary>Why.</summary>
    public required string Reason { get; init; }

    /// <summary>Who locked it. Unset: unknown.</summary>
    public string? LockedBy { get; init; }

    /// <summary>Since when.</summary>
    public required DateTimeOffset LockedAt { get; init; }

    /// <summary>When it ends by itself.</summary>
    public required DateTimeOffset EndsAt { get; init; }

    /// <summary>Whether an event has a word on the lock of its app.</summary>
    public static bool Concerns(DeploymentEvent happened) => happened is AppLocked or AppUnlocked or AppRemoved;

    /// <summary>The lock after such an event. Null: none.</summary>
    public static AppLock? After(DeploymentEvent happened) => happened is not AppLocked locked ? null : new AppLock
    {
        Reason = locked.Reason,
        LockedBy = locked.RequestedBy,
        LockedAt = locked.OccurredAt,
        EndsAt = locked.EndsAt,
    };
}
