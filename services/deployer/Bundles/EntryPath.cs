namespace Mambo.Deployer.Bundles;

/// <summary>Names of entries in an archive that may have been made by an enemy.</summary>
internal static class EntryPath
{
    private const int LongestPath = 1000;
    private const int LongestName = 255;

    /// <summary>The clean relative path of an entry; empty for the bundle's own folder.</summary>
    /// <exception cref="BundleFault">It could name something outside the bundle, or nothing a file system takes.</exception>
    public static string Clean(string name)
    {
        if (name.Any(char.IsControl))
            throw Fault(name, "has a control character in its name");
        if (name.Contains('\\'))
            throw Fault(name, "has a backslash in its name");
        if (name.StartsWith('/'))
            throw Fault(name, "has an absolute path");
        var parts = Parts(name);
        if (parts.Contains(".."))
            throw Fault(name, "has .. in its path");
        var path = string.Join('/', parts);
        if (path.Length > LongestPath || parts.Any(part => System.Text.Encoding.UTF8.GetByteCount(part) > LongestName))
            throw Fault(name, $"has a path that is too long (at most {LongestPath} characters, {LongestName} bytes between slashes)");
        return path;
    }

    /// <summary>Without the empty and the <c>.</c> parts.</summary>
    public static string[] Parts(string path) => [.. path.Split('/').Where(part => part is not ("" or "."))];

    /// <summary>The entry and what is wrong with it.</summary>
    public static BundleFault Fault(string name, string problem)
    {
        var shown = name.Length > 120 ? name[..120] + "…" : name;
        return new BundleFault($"The entry \"{string.Concat(shown.Select(letter => char.IsControl(letter) ? '?' : letter))}\" {problem}.");
    }
}
