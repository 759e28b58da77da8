using System.Security.Cryptography;

namespace Mambo.Deployer.Plan;

/// <summary>Digests of files and folders within one unpacked bundle; each is read once.</summary>
internal sealed class BundleContent(string bundle)
{
    private readonly Dictionary<string, string> _known = new(StringComparer.Ordinal);

    /// <summary>The bundle's folder.</summary>
    public string Bundle { get; } = Path.GetFullPath(bundle).TrimEnd('/');

    /// <summary>Whether a path lies within the bundle, by its letters alone.</summary>
    public bool Holds(string path) => Path.GetFullPath(path) is var full && (full == Bundle || full.StartsWith($"{Bundle}/", StringComparison.Ordinal));

    /// <summary>The digest of what lies at a path: names, kinds, rights and bytes, links by their target. Empty: it is outside the bundle, or nothing is there.</summary>
    public string DigestOf(string path)
    {
        var full = Path.GetFullPath(path).TrimEnd('/');
        if (!Holds(full))
            return "";
        if (!_known.TryGetValue(full, out var digest))
            _known.Add(full, digest = Read(full));
        return digest;
    }

    private static string Read(string path)
    {
        using var digest = new CanonicalDigest("");
        if (File.Exists(path))
            return digest.Add(FileDigest(new FileInfo(path))).Finish();
        if (!Directory.Exists(path))
            return "";
        var entries = new DirectoryInfo(path).EnumerateFileSystemInfos("*", new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = 0, IgnoreInaccessible = true });
        foreach (var entry in entries.OrderBy(entry => entry.FullName, StringComparer.Ordinal))
        {
            digest.Add(entry.FullName[path.Length..]);
            digest.Add(entry.LinkTarget ?? (entry is FileInfo file ? FileDigest(file) : "/"));
        }

        return digest.Finish();
    }

    private static string FileDigest(FileInfo file)
    {
        try
        {
            // What a container that may write here made meanwhile can also be a pipe, which has no length, and must not be opened: that would wait for its other end.
            if (file.Length == 0)
                return $"{file.UnixFileMode:D} empty";
            using var content = file.OpenRead();
            return $"{file.UnixFileMode:D} {Convert.ToHexStringLower(SHA256.HashData(content))}";
        }
        catch (Exception error) when (error is UnauthorizedAccessException or FileNotFoundException)
        {
            // A file a container wrote and keeps for itself, or took away meanwhile. Nothing of the bundle is like that.
            return "unreadable";
        }
    }
}
