namespace Mambo.Contracts.Deployments;

/// <summary>The lease of a preview ended: the app of its own it had is being removed, with its volumes.</summary>
[WireName("preview-expired")]
public sealed record PreviewExpired : PlatformEvent
{
    /// <summary>The preview's own app, such as <c>shop-pr-12</c>.</summary>
    public string App { get; init; } = "";

    /// <summary>The app it was a preview of.</summary>
    public string PreviewOf { get; init; } = "";

    /// <summary>The preview's name, such as <c>pr-12</c>.</summary>
    public string Preview { get; init; } = "";

    /// <summary>When the lease ended.</summary>
    public DateTimeOffset ExpiredAt { get; init; }
}
