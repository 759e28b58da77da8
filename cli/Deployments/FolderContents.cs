using Mambo.Cli.Terminal;

namespace Mambo.Cli.Deployments;

internal enum EntryKind
{
    File,
    Folder,
    Link,
}

/// <summary>One thing of a folder that goes into its bundle.</summary>
/// <param name="Path">From the folder, with slashes.</param>
/// <param name="Kind">What it is.</param>
/// <param name="IsExecutable">Its owner may run it.</param>
/// <param name="Target">Where a link leads, as written in it.</param>
internal sealed record FolderEntry(string Path, EntryKind Kind, bool IsExecutable = false, string? Target = null);

/// <summary>What of a folder goes into its bundle, sorted by path.</summary>
internal sealed class FolderContents
{
    /// <summary>What the deployer takes by default (<c>deployer.maxBundleFiles</c>).</summary>
    public const int MostFiles = 10_000;

    private static readonly HashSet<string> NeverPacked = [".git", ".mambo"];

    private readonly string _root;
    private readonly IgnoreRules _ignore;
    private readonly List<FolderEntry> _entries = [];
    private readonly List<string> _faults = [];

    private FolderContents(string root) => (_root, _ignore) = (root, IgnoreRules.Read(root));

    /// <exception cref="CommandFailure">Something in it cannot be in a bundle: every fault is listed.</exception>
    public static IReadOnlyList<FolderEntry> Read(string folder)
    {
        var contents = new FolderContents(folder);
        contents.Walk(new DirectoryInfo(folder), "");
        if (contents._faults.Count > 0)
            throw CommandFailure.Usage($"{folder} cannot be packed: {HumanSize.Count(contents._faults.Count, "fault")}.", [.. contents._faults.Order(StringComparer.Ordinal), Remedy]);
        contents._entries.Sort((one, other) => string.CompareOrdinal(one.Path, other.Path));
        return contents._entries;
    }

    private static string Remedy => $"What the app does not need can be left out: name it in {IgnoreRules.FileName}.";

    private void Walk(DirectoryInfo folder, string prefix)
    {
        foreach (var item in folder.EnumerateFileSystemInfos())
        {
            var path = prefix + item.Name;
            if (NeverPacked.Contains(item.Name) || path == IgnoreRules.FileName)
                continue;
            var below = item is DirectoryInfo inner && item.LinkTarget is null ? inner : null;
            var leaves = _ignore.Leaves(path);
            if (!leaves)
                Add(item, path, isFolder: below is not null);
            // A later rule may take something back in from a folder that is left out.
            if (below is not null && (!leaves || _ignore.TakesBack))
                Walk(below, path + '/');
        }
    }

    private void Add(FileSystemInfo item, string path, bool isFolder)
    {
        if (_entries.Count >= MostFiles)
            throw CommandFailure.Usage($"{_root} holds more than {MostFiles:N0} files and folders.", [Fullest(), Remedy]);
        if (path.Any(letter => char.IsControl(letter) || letter == '\\'))
            _faults.Add($"{path}: its name holds a control character or a backslash");
        else if (item.LinkTarget is { } target && Leaves(path, target))
            _faults.Add($"{path}: the link leads out of the folder, to {target}");
        else if (item.LinkTarget is { } inside)
            _entries.Add(new FolderEntry(path, EntryKind.Link, Target: inside));
        else if (isFolder)
            _entries.Add(new FolderEntry(path, EntryKind.Folder));
        else if (FileKind.IsRegular(item.FullName))
            _entries.Add(new FolderEntry(path, EntryKind.File, IsExecutable: (item.UnixFileMode & UnixFileMode.UserExecute) != 0));
        else
            _faults.Add($"{path}: it is a device, a socket or a pipe");
    }

    /// <summary>A relative link is followed on paper, from the folder it lies in.</summary>
    private static bool Leaves(string path, string target)
    {
        if (target.StartsWith('/'))
            return true;
        var depth = path.Count(letter => letter == '/');
        foreach (var part in target.Split('/', StringSplitOptions.RemoveEmptyEntries).Where(part => part != "."))
        {
            depth += part == ".." ? -1 : 1;
            if (depth < 0)
                return true;
        }

        return false;
    }

    /// <summary>The folder that holds most of them is probably the one to leave out.</summary>
    private string Fullest()
    {
        var fullest = _entries.GroupBy(entry => entry.Path.Split('/')[0]).MaxBy(group => group.Count())!;
        return $"Of the first {_entries.Count:N0}, {fullest.Count():N0} are in {fullest.Key}/.";
    }
}
