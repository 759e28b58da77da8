namespace Mambo.Contracts.Deployments;

/// <summary>Brings an app to a release: a stored bundle, or new images for the bundle it runs now. One of <see cref="Bundle"/> and <see cref="Images"/> must be given.</summary>
[WireName("deploy-app")]
public sealed record DeployApp : Command
{
    /// <summary>The deployment's id. Unset: the AMQP message id when it is a GUID, else a new one.</summary>
    public Guid? DeploymentId { get; init; }

    /// <summary>The app's name: lower-case letters, digits and hyphens, 1 to 40, starting with a letter.</summary>
    public string? App { get; init; }

    /// <summary>Digest of a stored bundle, <c>sha256:</c> and 64 hexadecimal digits. Unset: the bundle of the app's current release.</summary>
    public string? Bundle { get; init; }

    /// <summary>Image reference per compose service, in place of the one in the bundle. Unset: as the bundle says.</summary>
    public IReadOnlyDictionary<string, string>? Images { get; init; }

    /// <summary>The host that is to run it. Unset: the host whose queue the message reached.</summary>
    public string? Host { get; init; }

    /// <summary>The commit it was built from, for people. Unset: unknown.</summary>
    public string? Commit { get; init; }

    /// <summary>
    /// Orders the deployments of an app whatever order they arrive in, such as the number of the CI run: one below the highest accepted is superseded.
    /// Unset: the next, so that the last to arrive wins.
    /// </summary>
    public long? Generation { get; init; }

    /// <summary>
    /// Deploys a preview of the app instead, such as <c>pr-12</c>: an app of its own under the name <c>shop-pr-12</c>, which is removed when its lease ends. Unset: the app itself.
    /// </summary>
    public string? Preview { get; init; }

    /// <summary>How long a preview stays from this deployment on, such as <c>12h</c> or <c>3d</c>; 1 minute to 30 days. Unset: 3 days. Only with <see cref="Preview"/>.</summary>
    public string? Ttl { get; init; }
}

/// <summary>Brings an app back to an earlier release, with the bundle and images of that release.</summary>
[WireName("roll-back-app")]
public sealed record RollBackApp : Command
{
    /// <summary>The id of the deployment that carries the rollback out. Unset: as for <see cref="DeployApp.DeploymentId"/>.</summary>
    public Guid? DeploymentId { get; init; }

    /// <summary>The app's name.</summary>
    public string? App { get; init; }

    /// <summary>The release number to go back to. Unset: the newest good release before the current one.</summary>
    public int? ToRelease { get; init; }

    /// <summary>The host that runs the app. Unset: the host whose queue the message reached.</summary>
    public string? Host { get; init; }
}

/// <summary>Stops a deployment that has not ended; what it did is undone and the previous release serves.</summary>
[WireName("cancel-deployment")]
public sealed record CancelDeployment : Command
{
    /// <summary>The deployment to stop.</summary>
    public Guid? DeploymentId { get; init; }

    /// <summary>Why, for the timeline. Unset: no reason given.</summary>
    public string? Reason { get; init; }

    /// <summary>The host that runs the app. Unset: the host whose queue the message reached.</summary>
    public string? Host { get; init; }
}
