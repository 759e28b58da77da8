using System.Formats.Tar;
using System.IO.Compression;

namespace Mambo.Deployer.Bundles;

/// <summary>
/// Unpacks a tar.gz as if an enemy had made it: only regular files, folders and links that stay inside; never through a link; counted while reading.
/// </summary>
/// <param name="folder">An empty folder.</param>
/// <param name="maxFiles">Most entries.</param>
/// <param name="maxBytes">Most bytes after decompression.</param>
internal sealed class BundleArchive(string folder, int maxFiles, long maxBytes)
{
    private const UnixFileMode Permissions = (UnixFileMode)0b111_111_111;
    private const UnixFileMode OwnerMay = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private readonly EntryTree _tree = new();

    /// <returns>The name of the compose file.</returns>
    /// <exception cref="BundleFault">It is not a bundle.</exception>
    public async Task<string> UnpackAsync(Stream packed, IReadOnlyList<string> composeFiles, CancellationToken cancellationToken)
    {
        try
        {
            await using var gzip = new GZipStream(packed, CompressionMode.Decompress, leaveOpen: true);
            await using var limited = new LimitedStream(gzip, maxBytes);
            await using var tar = new TarReader(limited, leaveOpen: true);
            var count = 0;
            while (await tar.GetNextEntryAsync(copyData: false, cancellationToken) is { } entry)
            {
                if (++count > maxFiles)
                    throw new BundleFault($"The bundle has too many files: more than {maxFiles:#,0} entries (deployer.maxBundleFiles).");
                await WriteAsync(entry, limited, cancellationToken);
            }
        }
        catch (Exception error) when (error is InvalidDataException or EndOfStreamException or FormatException or NotSupportedException)
        {
            throw new BundleFault($"The bundle is not a whole tar.gz: {error.Message}");
        }

        _tree.CheckLinks();
        return composeFiles.FirstOrDefault(_tree.LeadsToFile)
            ?? throw new BundleFault("The bundle has no compose.yml at its top (compose.yaml and docker-compose.yml are taken too). Pack the app's folder from inside: tar -C app -czf bundle.tar.gz .");
    }

    private async Task WriteAsync(TarEntry entry, LimitedStream limited, CancellationToken cancellationToken)
    {
        if (entry.EntryType == TarEntryType.GlobalExtendedAttributes)
            return;
        var path = EntryPath.Clean(entry.Name);
        if (path.Length == 0)
        {
            if (entry.EntryType != TarEntryType.Directory)
                throw EntryPath.Fault(entry.Name, "has no name");
            return;
        }

        var target = Path.Combine(folder, path);
        switch (entry.EntryType)
        {
            case TarEntryType.Directory:
                _tree.Add(path, EntryKind.Folder);
                Directory.CreateDirectory(target);
                break;
            case TarEntryType.RegularFile or TarEntryType.V7RegularFile or TarEntryType.ContiguousFile:
                _tree.Add(path, EntryKind.File);
                await WriteFileAsync(target, entry.DataStream, entry.Mode, cancellationToken);
                break;
            case TarEntryType.SymbolicLink:
                _tree.AddLink(path, entry.LinkName);
                MakeParent(target);
                File.CreateSymbolicLink(target, entry.LinkName);
                break;
            case TarEntryType.HardLink:
                await CopyAsync(path, entry, target, limited, cancellationToken);
                break;
            case TarEntryType.BlockDevice or TarEntryType.CharacterDevice or TarEntryType.Fifo:
                throw EntryPath.Fault(entry.Name, "is a device or a pipe. Only files, folders and links belong in a bundle");
            default:
                throw EntryPath.Fault(entry.Name, $"is of the kind {entry.EntryType}. Only files, folders and links belong in a bundle");
        }
    }

    /// <summary>A hard link becomes a copy, counted like any file: a link shares its bytes with whatever it names.</summary>
    private async Task CopyAsync(string path, TarEntry entry, string target, LimitedStream limited, CancellationToken cancellationToken)
    {
        string source;
        try
        {
            source = EntryPath.Clean(entry.LinkName);
        }
        catch (BundleFault)
        {
            throw EntryPath.Fault(entry.Name, "is a hard link that leaves the bundle");
        }

        if (!_tree.IsFile(source))
            throw EntryPath.Fault(entry.Name, "is a hard link to no file before it in the bundle");
        _tree.Add(path, EntryKind.File);
        await using var original = File.OpenRead(Path.Combine(folder, source));
        limited.Count(original.Length);
        await WriteFileAsync(target, original, File.GetUnixFileMode(Path.Combine(folder, source)), cancellationToken);
    }

    private static async Task WriteFileAsync(string target, Stream? data, UnixFileMode mode, CancellationToken cancellationToken)
    {
        MakeParent(target);
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, UnixCreateMode = OwnerMay };
        await using var file = new FileStream(target, options);
        if (data is not null)
            await data.CopyToAsync(file, cancellationToken);
        // Neither setuid nor setgid nor sticky; and whoever unpacked it can read and remove it.
        File.SetUnixFileMode(file.SafeFileHandle, (mode & Permissions) | OwnerMay);
    }

    private static void MakeParent(string target) => Directory.CreateDirectory(Path.GetDirectoryName(target)!);
}
