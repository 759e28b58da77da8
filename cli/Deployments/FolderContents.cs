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
internal static class FolderContents
{
    /// <summary>What the deployer takes by default (<c>deployer.maxBundleFiles</c>).</summary>
    public const int MostFiles = 10_000;

    private static readonly HashSet<string> NeverPacked = [".git", ".mambo"];

    /// <exception cref="CommandFailure">Something in it cannot be in a bundle: every fault is listed.</exception>
    public static IReadOnlyList<FolderEntry> Read(string folder)
    {
        var ignore = IgnoreRules.Read(folder);
        var entries = new List<FolderEntry>();
        var faults = new List<string>();
        Walk(new DirectoryInfo(folder), "", ignore, entries, faults);
        if (faults.Count > 0)
            throw CommandFailure.Usage($"{folder} cannot be packed: {(faults.Count == 1 ? "1 fault" : $"{faults.Count} faults")}.", [.. faults, $"What the app does not need can be left out: name it in {IgnoreRules.FileName}."]);
        entries.Sort((one, other) => string.CompareOrdinal(one.Path, other.Path));
        return entries;
    }

    private static void Walk(DirectoryInfo folder, string prefix, IgnoreRules ignore, List<FolderEntry> entries, List<string> faults)
    {
        foreach (var item in folder.EnumerateFileSystemInfos())
        {
            var path = prefix + item.Name;
            var isFolder = item is DirectoryInfo && item.LinkTarget is null;
            if (NeverPacked.Contains(item.Name) || path == IgnoreRules.FileName)
                continue;
            if (ignore.Leaves(path))
            {
                // A later rule may take something back in from a folder that is left out.
                if (isFolder && ignore.TakesBack)
                    Walk((DirectoryInfo)item, path + '/', ignore, entries, faults);
                continue;
            }

            if (entries.Count >= MostFiles)
                throw CommandFailure.Usage($"{folder.FullName} and its parent hold more than {MostFiles:N0} files.", [Largest(entries), $"What the app does not need can be left out: name it in {IgnoreRules.FileName}."]);
            if (Entry(item, path, isFolder, faults) is { } entry)
                entries.Add(entry);
            if (isFolder)
                Walk((DirectoryInfo)item, path + '/', ignore, entries, faults);
        }
    }

    private static FolderEntry? Entry(FileSystemInfo item, string path, bool isFolder, List<string> faults)
    {
        if (path.Any(letter => char.IsControl(letter) || letter == '\\'))
        {
            faults.Add($"{path}: its name holds a control character or a backslash");
            return null;
        }

        if (item.LinkTarget is { } target)
        {
            if (!Leaves(path, target))
                return new FolderEntry(path, EntryKind.Link, Target: target);
            faults.Add($"{path}: the link leads out of the folder, to {target}");
            return null;
        }

        if (isFolder)
            return new FolderEntry(path, EntryKind.Folder);
        // .NET shows devices, sockets and pipes as files of a special kind, or as files of length 0 that block when opened.
        if (FileKind.IsRegular(item.FullName))
            return new FolderEntry(path, EntryKind.File, IsExecutable: (item.UnixFileMode & UnixFileMode.UserExecute) != 0);
        faults.Add($"{path}: it is a device, a socket or a pipe");
        return null;
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
    private static string Largest(List<FolderEntry> entries)
    {
        var largest = entries.GroupBy(entry => entry.Path.Split('/')[0]).MaxBy(group => group.Count())!;
        return $"Of the first {entries.Count:N0}, {largest.Count():N0} are in {largest.Key}/.";
    }
}
