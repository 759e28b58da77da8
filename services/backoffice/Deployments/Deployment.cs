using Mambo.Contracts.Deployments;

namespace Mambo.Backoffice.Deployments;

/// <summary>How far a deployment got.</summary>
internal enum DeploymentState
{
    /// <summary>Asked for; the deployer has not accepted it yet.</summary>
    Requested,

    /// <summary>On the deployer's disk; no step has ended yet.</summary>
    Accepted,

    /// <summary>At least one step has ended.</summary>
    Running,

    /// <summary>Its release serves.</summary>
    Deployed,

    /// <summary>What was asked for besides a release is done: the app is started, stopped, locked and so on.</summary>
    Done,

    /// <summary>It ended without its release serving.</summary>
    Failed,

    /// <summary>An earlier release serves again, as was asked for.</summary>
    RolledBack,

    /// <summary>A newer deployment made it needless before it began.</summary>
    Superseded,

    /// <summary>It was stopped.</summary>
    Cancelled,
}

/// <summary>How far a step got.</summary>
internal enum StepState
{
    /// <summary>Not begun, as far as is known, or given up.</summary>
    Pending,

    /// <summary>In work.</summary>
    Running,

    /// <summary>Ended well.</summary>
    Done,

    /// <summary>The deployment failed in it.</summary>
    Failed,
}

/// <summary>A deployment, or another change of an app, as the door shows it: what was asked for and what the timeline says of it.</summary>
internal sealed record Deployment
{
    /// <summary>Its id.</summary>
    public required Guid DeploymentId { get; init; }

    /// <summary>The app.</summary>
    public required string App { get; init; }

    /// <summary>The app it is a preview of. Unset: it is no preview, or was asked for elsewhere.</summary>
    public string? PreviewOf { get; init; }

    /// <summary>What is done to the app.</summary>
    public DeploymentKind Kind { get; init; }

    /// <summary>The host that runs the app.</summary>
    public required string Host { get; init; }

    /// <summary>How far it got.</summary>
    public required DeploymentState State { get; init; }

    /// <summary>Who asked. Unset: not known yet.</summary>
    public string? RequestedBy { get; init; }

    /// <summary>When it was asked for.</summary>
    public required DateTimeOffset RequestedAt { get; init; }

    /// <summary>When the deployer took it. Unset: it has not.</summary>
    public DateTimeOffset? AcceptedAt { get; init; }

    /// <summary>When it ended, well or not. Unset: it has not.</summary>
    public DateTimeOffset? EndedAt { get; init; }

    /// <summary>Digest of the bundle. Unset: that of the app's current release.</summary>
    public string? Bundle { get; init; }

    /// <summary>Image reference per compose service: as asked for, and once deployed, as it runs. Unset: as the bundle says.</summary>
    public IReadOnlyDictionary<string, string>? Images { get; init; }

    /// <summary>The commit it was built from. Unset: unknown.</summary>
    public string? Commit { get; init; }

    /// <summary>Its steps, in order. Empty: not accepted yet.</summary>
    public IReadOnlyList<DeploymentStep> Steps { get; init; } = [];

    /// <summary>The release it made, or rolled back to. Unset: none.</summary>
    public int? Release { get; init; }

    /// <summary>Where the release answers. Unset: it does not serve.</summary>
    public IReadOnlyList<Uri>? Urls { get; init; }

    /// <summary>What a person should look at although it serves. Unset: it does not serve.</summary>
    public IReadOnlyList<string>? Warnings { get; init; }

    /// <summary>From acceptance to its end, in seconds. Unset: it has not ended, or was never accepted.</summary>
    public double? Seconds { get; init; }

    /// <summary>Why it failed. Unset: it has not failed.</summary>
    public DeploymentFailure? Failure { get; init; }
}

/// <summary>One step of a deployment.</summary>
/// <param name="Number">Its place, from 1.</param>
/// <param name="Name">Its name.</param>
/// <param name="State">How far it got.</param>
/// <param name="Seconds">How long it took. Unset: it has not ended well.</param>
internal sealed record DeploymentStep(int Number, string Name, StepState State, double? Seconds = null);

/// <summary>Why a deployment failed and what was left.</summary>
internal sealed record DeploymentFailure
{
    /// <summary>The kind of failure.</summary>
    public required DeploymentFailureReason Reason { get; init; }

    /// <summary>The step that failed. Unset: rejected before any step.</summary>
    public string? Step { get; init; }

    /// <summary>One or two sentences for a person.</summary>
    public required string Message { get; init; }

    /// <summary>Every fault of a rejected command or bundle.</summary>
    public IReadOnlyList<FieldError> Errors { get; init; } = [];

    /// <summary>Exit code of the command that failed. Unset: no command was involved.</summary>
    public int? ExitCode { get; init; }

    /// <summary>Last lines of what the failed command or container printed.</summary>
    public IReadOnlyList<string> Output { get; init; } = [];

    /// <summary>What could not be undone and a person must look at. Unset: nothing is left.</summary>
    public string? Left { get; init; }

    /// <summary>The release that serves now. Unset: none.</summary>
    public int? ServingRelease { get; init; }
}
