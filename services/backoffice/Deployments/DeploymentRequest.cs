namespace Mambo.Backoffice.Deployments;

/// <summary>Asks for a deployment. At least one of bundle and images is given.</summary>
internal sealed record DeploymentRequest
{
    /// <summary>The app's name: 1 to 40 lower-case letters, digits and single inner hyphens, beginning with a letter.</summary>
    public required string App { get; init; }

    /// <summary>Digest of a stored bundle. Unset: the bundle of the app's current release, with the images given.</summary>
    public string? Bundle { get; init; }

    /// <summary>Image reference per compose service, in place of the one in the bundle. Unset: as the bundle says.</summary>
    public IReadOnlyDictionary<string, string>? Images { get; init; }

    /// <summary>The host that is to run it. Unset: this one.</summary>
    public string? Host { get; init; }

    /// <summary>The commit it was built from, for people; at most 100 characters. Unset: unknown.</summary>
    public string? Commit { get; init; }

    /// <summary>
    /// Orders the deployments of an app whatever order they arrive in, such as the number of the CI run: one below the highest asked for is superseded. Unset: the last to
    /// arrive wins.
    /// </summary>
    public long? Generation { get; init; }

    /// <summary>Deploys a preview of the app instead, such as pr-12: an app of its own under the name shop-pr-12, removed when its lease ends. Unset: the app itself.</summary>
    public string? Preview { get; init; }

    /// <summary>How long the preview stays from now on, such as 12h or 3d; at most 30d. Unset: 3d. Only with a preview.</summary>
    public string? Ttl { get; init; }

    /// <summary>The name it is deployed under.</summary>
    [System.Text.Json.Serialization.JsonIgnore]
    public string DeployedAs => Preview is null ? App : $"{App}-{Preview}";
}

/// <summary>Where an app is to go back to.</summary>
internal sealed record RollBackRequest
{
    /// <summary>The number of a release that served before. Unset: the one before the current one.</summary>
    public int? ToRelease { get; init; }

    /// <summary>The host that runs the app. Unset: this one.</summary>
    public string? Host { get; init; }
}

/// <summary>Why a deployment is to stop.</summary>
internal sealed record CancelRequest
{
    /// <summary>For the timeline; at most 500 characters. Unset: no reason given.</summary>
    public string? Reason { get; init; }
}

/// <summary>The wish is on disk and on its way to the deployer.</summary>
/// <param name="DeploymentId">Ask after it under <c>/api/deployments/{id}</c>.</param>
/// <param name="App">The app.</param>
internal sealed record DeploymentAnswer(Guid DeploymentId, string App);

/// <summary>Deployments, newest first.</summary>
internal sealed record DeploymentList(IReadOnlyList<Deployment> Deployments);
