namespace Mambo.Deployer.Releases;

/// <summary>What may be removed once a release serves.</summary>
/// <param name="Releases">Numbers of the app's releases whose folders stay.</param>
/// <param name="Bundles">Digests of the app's bundles whose folders stay.</param>
/// <param name="Secrets">Names of the files of the app's secrets that stay.</param>
/// <param name="ImageIds">Images nobody needs any more.</param>
internal sealed record Retention(IReadOnlySet<int> Releases, IReadOnlySet<string> Bundles, IReadOnlySet<string> Secrets, IReadOnlyList<string> ImageIds)
{
    /// <summary>Of the releases that served the newest stay, never fewer than two: the current one and the one to go back to.</summary>
    /// <param name="current">The release that has just come to serve.</param>
    /// <param name="served">Releases of every app that served before.</param>
    /// <param name="keep">How many stay per app, the current one included.</param>
    public static Retention Plan(Release current, IReadOnlyList<Release> served, int keep)
    {
        var kept = served.Where(release => release.App == current.App && release.Number != current.Number)
            .OrderByDescending(release => release.ServedAt).ThenByDescending(release => release.Number)
            .Take(Math.Max(keep, 2) - 1).Append(current).ToList();
        var others = served.Where(release => release.App != current.App);
        var needed = kept.Concat(others).SelectMany(release => release.Content.Images.Values).Select(image => image.Id).ToHashSet(StringComparer.Ordinal);
        var idle = Idle(served.Where(release => release.App == current.App && kept.All(one => one.Number != release.Number)), needed);
        // Containers that went on unchanged see files of the bundle they were made from.
        var slots = kept.SelectMany(release => release.Content.Slots.Values).ToHashSet();
        var lived = served.Where(release => release.App == current.App && slots.Contains(release.Number));
        return new Retention(
            kept.Select(release => release.Number).ToHashSet(),
            kept.Concat(lived).Select(release => release.Bundle).ToHashSet(StringComparer.Ordinal),
            kept.SelectMany(release => release.Content.Secrets.Values).Select(secret => secret.FileName).ToHashSet(StringComparer.Ordinal),
            [.. idle]);
    }

    /// <summary>Images only this app needs.</summary>
    /// <param name="app">An app that goes.</param>
    /// <param name="served">Releases of every app that served.</param>
    public static IReadOnlyList<string> ImagesOf(string app, IReadOnlyList<Release> served) => [.. Idle(
        served.Where(release => release.App == app),
        served.Where(release => release.App != app).SelectMany(release => release.Content.Images.Values).Select(image => image.Id).ToHashSet(StringComparer.Ordinal))];

    /// <summary>An image no registry has cannot be had again; it is not ours to remove.</summary>
    private static IEnumerable<string> Idle(IEnumerable<Release> releases, HashSet<string> needed) => releases
        .SelectMany(release => release.Content.Images.Values)
        .Where(image => image.CanBePulled && !needed.Contains(image.Id))
        .Select(image => image.Id).Distinct();
}
