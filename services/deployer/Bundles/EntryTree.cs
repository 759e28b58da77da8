namespace Mambo.Deployer.Bundles;

/// <summary>What an archive has put where so far: tells whether a further entry may be written, and whether every link stays inside.</summary>
internal sealed class EntryTree
{
    private const int MostHops = 40;

    private readonly Dictionary<string, EntryKind> _entries = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _links = new(StringComparer.Ordinal);

    /// <summary>Whether there is a regular file at this path.</summary>
    public bool IsFile(string path) => _entries.TryGetValue(path, out var kind) && kind == EntryKind.File;

    /// <summary>Whether a regular file at this path can be reached, also through links.</summary>
    public bool LeadsToFile(string path) => Resolve([], EntryPath.Parts(path)) is { } real && IsFile(real);

    /// <summary>Notes an entry.</summary>
    /// <exception cref="BundleFault">It is there already, or something on the way to it is no folder.</exception>
    public void Add(string path, EntryKind kind)
    {
        for (var slash = path.IndexOf('/'); slash >= 0; slash = path.IndexOf('/', slash + 1))
        {
            var folder = path[..slash];
            if (!_entries.TryGetValue(folder, out var above))
                _entries.Add(folder, EntryKind.Folder);
            else if (above == EntryKind.Link)
                throw EntryPath.Fault(path, $"would be written through the symbolic link {folder}");
            else if (above == EntryKind.File)
                throw EntryPath.Fault(path, $"lies under {folder}, which is a file");
        }

        if (!_entries.TryAdd(path, kind) && (kind != EntryKind.Folder || _entries[path] != EntryKind.Folder))
            throw EntryPath.Fault(path, "is in the archive twice");
    }

    /// <summary>Notes a symbolic link.</summary>
    /// <exception cref="BundleFault">It is there already, or its target is absolute.</exception>
    public void AddLink(string path, string target)
    {
        if (target.Length == 0 || target.StartsWith('/') || target.Any(char.IsControl))
            throw EntryPath.Fault(path, "is a symbolic link that leaves the bundle: its target is not a relative path");
        Add(path, EntryKind.Link);
        _links.Add(path, target);
    }

    /// <summary>Follows every link as the kernel would, also through other links.</summary>
    /// <exception cref="BundleFault">One leaves the bundle, or they lead in a circle.</exception>
    public void CheckLinks()
    {
        foreach (var (path, _) in _links)
        {
            if (Resolve([], path.Split('/')) is null)
                throw EntryPath.Fault(path, $"is a symbolic link that leaves the bundle, or leads in a circle: {_links[path]}");
        }
    }

    /// <returns>The path without links. Null: outside, or too many links.</returns>
    private string? Resolve(List<string> at, IEnumerable<string> parts)
    {
        var left = new Stack<string>(parts.Reverse());
        for (var hops = 0; left.TryPop(out var part);)
        {
            if (part == "..")
            {
                if (at.Count == 0)
                    return null;
                at.RemoveAt(at.Count - 1);
                continue;
            }

            at.Add(part);
            if (!_links.TryGetValue(string.Join('/', at), out var target))
                continue;
            if (++hops > MostHops)
                return null;
            at.RemoveAt(at.Count - 1);
            foreach (var further in EntryPath.Parts(target).Reverse())
                left.Push(further);
        }

        return string.Join('/', at);
    }
}

/// <summary>What lies at a path of a bundle.</summary>
internal enum EntryKind
{
    /// <summary>A regular file.</summary>
    File,

    /// <summary>A folder.</summary>
    Folder,

    /// <summary>A symbolic link.</summary>
    Link,
}
