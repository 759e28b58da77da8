namespace Mambo.Contracts.Deployments;

/// <summary>What every event of a deployment names.</summary>
public abstract record DeploymentEvent : PlatformEvent
{
    /// <summary>The deployment; also the correlation id.</summary>
    public Guid DeploymentId { get; init; }

    /// <summary>The app's name; empty when a command was rejected for naming none.</summary>
    public string App { get; init; } = "";
}

/// <summary>What is done to an app.</summary>
public enum DeploymentKind
{
    /// <summary>Brought to a new release.</summary>
    Deploy,

    /// <summary>Brought back to an earlier release.</summary>
    RollBack,

    /// <summary>Started.</summary>
    Start,

    /// <summary>Stopped.</summary>
    Stop,

    /// <summary>Given new containers of the same release.</summary>
    Restart,

    /// <summary>Removed from its host.</summary>
    Remove,

    /// <summary>Locked against deployments.</summary>
    Lock,

    /// <summary>Unlocked.</summary>
    Unlock,
}

/// <summary>The command is on disk and will be carried out.</summary>
[WireName("deployment-accepted")]
public sealed record DeploymentAccepted : DeploymentEvent
{
    /// <summary>What is to be done.</summary>
    public DeploymentKind Kind { get; init; }

    /// <summary>Who asked.</summary>
    public string? RequestedBy { get; init; }

    /// <summary>When it was asked for.</summary>
    public DateTimeOffset RequestedAt { get; init; }

    /// <summary>Digest of the bundle to be deployed.</summary>
    public string? Bundle { get; init; }

    /// <summary>The commit it was built from, when known.</summary>
    public string? Commit { get; init; }

    /// <summary>Names of the steps ahead, in order.</summary>
    public IReadOnlyList<string> Steps { get; init; } = [];
}

/// <summary>One step ended well.</summary>
[WireName("deployment-step-completed")]
public sealed record DeploymentStepCompleted : DeploymentEvent
{
    /// <summary>The step's name.</summary>
    public string Step { get; init; } = "";

    /// <summary>Its place among the steps, from 1.</summary>
    public int Number { get; init; }

    /// <summary>How many steps there are.</summary>
    public int Of { get; init; }

    /// <summary>How long it took, in seconds, from its first start; more than one try when the service was restarted in between.</summary>
    public double Seconds { get; init; }
}

/// <summary>The release serves.</summary>
[WireName("app-deployed")]
public sealed record AppDeployed : DeploymentEvent
{
    /// <summary>The release number, counted per app from 1.</summary>
    public int Release { get; init; }

    /// <summary>Digest of its bundle.</summary>
    public string Bundle { get; init; } = "";

    /// <summary>Image reference per compose service as it runs.</summary>
    public IReadOnlyDictionary<string, string> Images { get; init; } = new Dictionary<string, string>();

    /// <summary>Where it answers.</summary>
    public IReadOnlyList<Uri> Urls { get; init; } = [];

    /// <summary>The commit it was built from, when known.</summary>
    public string? Commit { get; init; }

    /// <summary>Who asked.</summary>
    public string? RequestedBy { get; init; }

    /// <summary>From acceptance to serving, in seconds.</summary>
    public double Seconds { get; init; }

    /// <summary>The app it is a preview of. Unset: it is no preview.</summary>
    public string? PreviewOf { get; init; }

    /// <summary>When the preview is removed, unless it is deployed again. Unset: it is no preview.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>What a person should look at although it serves, such as a service without a health check. Empty: nothing.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];
}

/// <summary>Why a deployment ended without its release serving.</summary>
public enum DeploymentFailureReason
{
    /// <summary>The command or the bundle is not valid; nothing was touched. <see cref="DeploymentFailed.Errors"/> lists every fault.</summary>
    Rejected,

    /// <summary>An image could not be had.</summary>
    ImageUnavailable,

    /// <summary>The containers did not start.</summary>
    StartFailed,

    /// <summary>The containers started and did not become healthy in time.</summary>
    Unhealthy,

    /// <summary>The edge did not take the route.</summary>
    RouteFailed,

    /// <summary>The host lacks what the release needs: disk, memory, or a newer Docker.</summary>
    NotEnoughRoom,

    /// <summary>A job that runs before the release, such as a migration, did not end well.</summary>
    JobFailed,

    /// <summary>The release served, then answered with too many errors or too slowly, or its containers ended; the previous one serves again.</summary>
    SoakFailed,

    /// <summary>A step passed its deadline.</summary>
    DeadlineExceeded,

    /// <summary>The service was stopped or killed in the same step too often.</summary>
    Interrupted,

    /// <summary>A fault of the platform itself; the message and the log say more.</summary>
    Internal,
}

/// <summary>One fault of one field.</summary>
/// <param name="Field">The field, such as <c>bundle</c> or <c>services.web.labels</c>.</param>
/// <param name="Problem">What is wrong with its value and what to write instead.</param>
public sealed record FieldError(string Field, string Problem);

/// <summary>The deployment ended without its release serving. What served before serves again unless <see cref="Left"/> says otherwise.</summary>
[WireName("deployment-failed")]
public sealed record DeploymentFailed : DeploymentEvent
{
    /// <summary>What was to be done.</summary>
    public DeploymentKind Kind { get; init; }

    /// <summary>The kind of failure.</summary>
    public DeploymentFailureReason Reason { get; init; }

    /// <summary>The step that failed. Unset: rejected before any step.</summary>
    public string? Step { get; init; }

    /// <summary>One or two sentences for a person.</summary>
    public string Message { get; init; } = "";

    /// <summary>Every fault of a rejected command or bundle.</summary>
    public IReadOnlyList<FieldError> Errors { get; init; } = [];

    /// <summary>Exit code of the command that failed. Unset: no command was involved.</summary>
    public int? ExitCode { get; init; }

    /// <summary>Last lines of what the failed command or container printed.</summary>
    public IReadOnlyList<string> Output { get; init; } = [];

    /// <summary>The release that serves now. Unset: none.</summary>
    public int? ServingRelease { get; init; }

    /// <summary>What could not be undone and a person must look at. Unset: nothing is left.</summary>
    public string? Left { get; init; }

    /// <summary>Who asked.</summary>
    public string? RequestedBy { get; init; }
}

/// <summary>An earlier release serves again because someone asked for it.</summary>
[WireName("deployment-rolled-back")]
public sealed record DeploymentRolledBack : DeploymentEvent
{
    /// <summary>The release that served before.</summary>
    public int FromRelease { get; init; }

    /// <summary>The release that serves now.</summary>
    public int ToRelease { get; init; }

    /// <summary>Where it answers.</summary>
    public IReadOnlyList<Uri> Urls { get; init; } = [];

    /// <summary>Who asked.</summary>
    public string? RequestedBy { get; init; }

    /// <summary>From acceptance to serving, in seconds.</summary>
    public double Seconds { get; init; }
}

/// <summary>A newer deployment of the app made this one needless before it served; what it did is undone.</summary>
[WireName("deployment-superseded")]
public sealed record DeploymentSuperseded : DeploymentEvent
{
    /// <summary>The newer deployment.</summary>
    public Guid By { get; init; }
}

/// <summary>The deployment was stopped by a person; the previous release serves.</summary>
[WireName("deployment-cancelled")]
public sealed record DeploymentCancelled : DeploymentEvent
{
    /// <summary>Why. Unset: no reason given.</summary>
    public string? Reason { get; init; }

    /// <summary>The step it was in. Unset: it had not begun.</summary>
    public string? Step { get; init; }

    /// <summary>Who asked for the stop.</summary>
    public string? CancelledBy { get; init; }
}

/// <summary>A bundle passed the door, its digest was verified and it is on disk.</summary>
[WireName("bundle-stored")]
public sealed record BundleStored : PlatformEvent
{
    /// <summary>Digest of the stored bytes.</summary>
    public string Digest { get; init; } = "";

    /// <summary>Size in bytes.</summary>
    public long Size { get; init; }

    /// <summary>The name of the token that stored it.</summary>
    public string? StoredBy { get; init; }
}
