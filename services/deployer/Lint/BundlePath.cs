namespace Mambo.Deployer.Lint;

/// <summary>Where a path of a compose file really leads.</summary>
internal static class BundlePath
{
    private const int MostHops = 40;

    /// <summary>
    /// Whether it is the bundle's folder or below it, links followed as the kernel does: a container that may write into the bundle can have put links there since it
    /// was unpacked. What is not there yet counts by its name.
    /// </summary>
    public static bool IsInside(string bundle, string path)
    {
        var root = Real(Path.GetFullPath(bundle));
        return root is not null && Real(Path.GetFullPath(path, bundle)) is { } real && (real == root || real.StartsWith($"{root}/", StringComparison.Ordinal));
    }

    /// <summary>Null: links lead in a circle.</summary>
    private static string? Real(string path)
    {
        var left = new Stack<string>(path.Split('/', StringSplitOptions.RemoveEmptyEntries).Reverse());
        var at = "";
        for (var hops = 0; left.TryPop(out var part);)
        {
            if (part == "..")
            {
                at = at.Length == 0 ? "" : at[..at.LastIndexOf('/')];
                continue;
            }

            if (part == ".")
                continue;
            var next = $"{at}/{part}";
            if (new FileInfo(next).LinkTarget is not { } target)
            {
                at = next;
                continue;
            }

            if (++hops > MostHops)
                return null;
            at = target.StartsWith('/') ? "" : at;
            foreach (var further in target.Split('/', StringSplitOptions.RemoveEmptyEntries).Reverse())
                left.Push(further);
        }

        return at;
    }
}
