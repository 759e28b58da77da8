using System.Text.RegularExpressions;

using Mambo.Deployer.Engine;

namespace Mambo.Deployer.Compose;

/// <summary>
/// Compose recreates a container by making the new one under a temporary name (the old one's id and a low line before its name), stopping and removing the old one
/// and renaming the new. Cut off in between, the temporary one stays and its name is in the way of the next try.
/// </summary>
internal static partial class HalfRecreated
{
    /// <summary>What to do with each: rename it, since the old one is gone and anonymous volumes are its now; or, with no name, remove it.</summary>
    public static IEnumerable<(string Id, string? Name)> In(IReadOnlyList<AppContainer> containers)
    {
        var names = containers.Select(container => container.Name).ToHashSet(StringComparer.Ordinal);
        foreach (var container in containers)
        {
            var match = Temporary().Match(container.Name);
            if (match.Success && match.Groups["name"].Value.StartsWith($"{container.Project}-", StringComparison.Ordinal))
                yield return (container.Id, names.Add(match.Groups["name"].Value) ? match.Groups["name"].Value : null);
        }
    }

    [GeneratedRegex(@"\A[0-9a-f]{12}_(?<name>.+)\z", RegexOptions.CultureInvariant)]
    private static partial Regex Temporary();
}
