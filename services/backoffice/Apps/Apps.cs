using Mambo.Contracts.Deployments;

namespace Mambo.Backoffice.Apps;

/// <summary>Whether an app serves.</summary>
internal enum AppState
{
    /// <summary>It runs.</summary>
    Serving,

    /// <summary>A person stopped it.</summary>
    Stopped,

    /// <summary>It is gone from its host.</summary>
    Removed,
}

/// <summary>An app as it is now.</summary>
internal sealed record AppStatus
{
    /// <summary>The app.</summary>
    public required string App { get; init; }

    /// <summary>Whether it serves.</summary>
    public AppState State { get; init; }

    /// <summary>Its compose project in Docker; its containers carry it as the label <c>com.docker.compose.project</c>.</summary>
    public required string Project { get; init; }

    /// <summary>The host that runs it.</summary>
    public required string Host { get; init; }

    /// <summary>The release that serves, or will when it is started.</summary>
    public required int Release { get; init; }

    /// <summary>Digest of its bundle. Unset: the timeline does not hold that release.</summary>
    public string? Bundle { get; init; }

    /// <summary>Image reference per compose service. Empty: the timeline does not hold that release.</summary>
    public IReadOnlyDictionary<string, string> Images { get; init; } = new Dictionary<string, string>();

    /// <summary>Where it answers.</summary>
    public IReadOnlyList<Uri> Urls { get; init; } = [];

    /// <summary>The commit it was built from. Unset: unknown.</summary>
    public string? Commit { get; init; }

    /// <summary>Who asked for it to serve. Unset: unknown.</summary>
    public string? RequestedBy { get; init; }

    /// <summary>The deployment or rollback that made it serve.</summary>
    public required Guid DeploymentId { get; init; }

    /// <summary>The app it is a preview of. Unset: it is none.</summary>
    public string? PreviewOf { get; init; }

    /// <summary>When the preview is removed, unless it is deployed again. Unset: it is no preview.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>Since when it serves.</summary>
    public required DateTimeOffset DeployedAt { get; init; }

    /// <summary>What a person should look at although it serves.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];

    /// <summary>It takes no deployments. Unset: it does.</summary>
    public AppLock? Lock { get; init; }
}

/// <summary>A release of an app: a deployment that came to serve.</summary>
internal sealed record Release
{
    /// <summary>Its number, counted per app from 1.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("release")]
    public required int Number { get; init; }

    /// <summary>The deployment that made it.</summary>
    public required Guid DeploymentId { get; init; }

    /// <summary>Digest of its bundle.</summary>
    public required string Bundle { get; init; }

    /// <summary>Image reference per compose service, as it ran.</summary>
    public required IReadOnlyDictionary<string, string> Images { get; init; }

    /// <summary>Where it answered when it was deployed.</summary>
    public required IReadOnlyList<Uri> Urls { get; init; }

    /// <summary>The commit it was built from. Unset: unknown.</summary>
    public string? Commit { get; init; }

    /// <summary>Who asked for it. Unset: unknown.</summary>
    public string? RequestedBy { get; init; }

    /// <summary>When it came to serve.</summary>
    public required DateTimeOffset DeployedAt { get; init; }

    /// <summary>From acceptance to serving, in seconds.</summary>
    public required double Seconds { get; init; }

    /// <summary>What a person should look at although it served.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];

    /// <summary>It serves now.</summary>
    public bool Current { get; init; }
}

/// <summary>Releases of one app, newest first.</summary>
internal sealed record ReleaseList(IReadOnlyList<Release> Releases);

/// <summary>Which release of an app serves, and who made it so.</summary>
internal sealed record Serving(string App, string Host, int Release, Guid DeploymentId, DateTimeOffset Since, IReadOnlyList<Uri> Urls, string? RequestedBy)
{
    /// <summary>Whether it does.</summary>
    public AppState State { get; init; }

    /// <summary>When it was last started, stopped, restarted or removed. Unset: not since it came to serve.</summary>
    public DateTimeOffset? ChangedAt { get; init; }

    /// <summary>The app it is a preview of. Unset: it is none.</summary>
    public string? PreviewOf { get; init; }

    /// <summary>When it is removed, unless it is deployed again. Unset: it is no preview.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }
}

/// <summary>What events make of apps and releases.</summary>
internal static class AppProjection
{
    /// <summary>The release an event tells of, or null.</summary>
    public static Release? ReleaseOf(DeploymentEvent happened) => happened is not AppDeployed deployed ? null : new Release
    {
        Number = deployed.Release,
        DeploymentId = deployed.DeploymentId,
        Bundle = deployed.Bundle,
        Images = deployed.Images,
        Urls = deployed.Urls,
        Commit = deployed.Commit,
        RequestedBy = deployed.RequestedBy,
        DeployedAt = deployed.OccurredAt,
        Seconds = deployed.Seconds,
        Warnings = deployed.Warnings,
    };

    /// <summary>What serves after an event. Events of two deployments may come in either order, so an older one changes nothing.</summary>
    public static Serving? Serve(Serving? before, DeploymentEvent happened)
    {
        if ((before?.ChangedAt ?? before?.Since) > happened.OccurredAt)
            return before;
        return happened switch
        {
            AppDeployed e => new Serving(e.App, e.Host, e.Release, e.DeploymentId, e.OccurredAt, e.Urls, e.RequestedBy) { PreviewOf = e.PreviewOf, ExpiresAt = e.ExpiresAt },
            DeploymentRolledBack e => new Serving(e.App, e.Host, e.ToRelease, e.DeploymentId, e.OccurredAt, e.Urls, e.RequestedBy) { PreviewOf = before?.PreviewOf, ExpiresAt = before?.ExpiresAt },
            AppStarted e => Changed(e, e.Release, e.RequestedBy, AppState.Serving) with { Urls = e.Urls },
            AppRestarted e => Changed(e, e.Release, e.RequestedBy, AppState.Serving) with { Urls = e.Urls },
            AppStopped e => Changed(e, e.Release, e.RequestedBy, AppState.Stopped),
            AppRemoved e => Changed(e, e.Release, e.RequestedBy, AppState.Removed),
            _ => before,
        };

        // What made it serve may not have been heard yet.
        Serving Changed(DeploymentEvent e, int release, string? by, AppState state) =>
            (before ?? new Serving(e.App, e.Host, release, e.DeploymentId, e.OccurredAt, [], by)) with { State = state, ChangedAt = e.OccurredAt };
    }

    public static AppStatus Status(Serving serving, Release? release, AppLock? locked, string platform) => new()
    {
        App = serving.App,
        State = serving.State,
        Project = $"{platform}-{serving.App}",
        Lock = locked,
        PreviewOf = serving.PreviewOf,
        ExpiresAt = serving.ExpiresAt,
        Host = serving.Host,
        Release = serving.Release,
        Bundle = release?.Bundle,
        Images = release?.Images ?? new Dictionary<string, string>(),
        Urls = serving.Urls,
        Commit = release?.Commit,
        RequestedBy = serving.RequestedBy,
        DeploymentId = serving.DeploymentId,
        DeployedAt = serving.Since,
        Warnings = release?.Warnings ?? [],
    };
}
