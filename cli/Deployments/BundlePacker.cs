using System.Formats.Tar;
using System.Security.Cryptography;

namespace Mambo.Cli.Deployments;

/// <summary>A packed folder.</summary>
/// <param name="Content">The tar.gz, at its beginning; a temporary file that is gone when closed.</param>
/// <param name="Digest"><c>sha256:</c> and 64 hexadecimal digits, of the packed bytes.</param>
/// <param name="Files">How many files and links it holds.</param>
internal sealed record PackedBundle(FileStream Content, string Digest, int Files) : IDisposable
{
    public void Dispose() => Content.Dispose();
}

/// <summary>
/// Packs a folder so that the same content gives the same bytes, hence the same digest, on every machine: entries sorted by path, no times, no owners,
/// modes 644 or 755 by the execute bit, and <see cref="StoredGzip"/>.
/// </summary>
internal static class BundlePacker
{
    /// <exception cref="CommandFailure">The folder holds what a bundle cannot: every fault is listed.</exception>
    public static PackedBundle Pack(string folder)
    {
        var contents = FolderContents.Read(folder);
        var temporary = new FileStream(
            Path.Combine(Path.GetTempPath(), $"mambo-bundle-{Guid.NewGuid():N}"),
            new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.ReadWrite, Options = FileOptions.DeleteOnClose, UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite });
        try
        {
            using var hash = SHA256.Create();
            using (var hashed = new CryptoStream(temporary, hash, CryptoStreamMode.Write, leaveOpen: true))
            using (var gzip = new StoredGzip(hashed))
            using (var tar = new TarWriter(gzip, TarEntryFormat.Gnu, leaveOpen: true))
            {
                foreach (var entry in contents)
                    Write(tar, folder, entry);
            }

            temporary.Position = 0;
            return new PackedBundle(temporary, $"sha256:{Convert.ToHexStringLower(hash.Hash!)}", contents.Count(entry => entry.Kind != EntryKind.Folder));
        }
        catch (Exception error)
        {
            temporary.Dispose();
            if (error is IOException or UnauthorizedAccessException)
                throw new CommandFailure($"{folder} cannot be packed: {error.Message}");
            throw;
        }
    }

    private static void Write(TarWriter tar, string folder, FolderEntry entry)
    {
        // Not Pax: .NET names its extra headers after the process id.
        var type = entry.Kind switch { EntryKind.Folder => TarEntryType.Directory, EntryKind.Link => TarEntryType.SymbolicLink, _ => TarEntryType.RegularFile };
        var packed = new GnuTarEntry(type, entry.Kind == EntryKind.Folder ? entry.Path + '/' : entry.Path)
        {
            ModificationTime = DateTimeOffset.UnixEpoch,
            Mode = (UnixFileMode)(entry.IsExecutable || entry.Kind != EntryKind.File ? 0b111_101_101 : 0b110_100_100),
        };
        if (entry.Target is { } target)
            packed.LinkName = target;
        if (entry.Kind != EntryKind.File)
        {
            tar.WriteEntry(packed);
            return;
        }

        using var file = new FileStream(Path.Combine(folder, entry.Path), FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0);
        packed.DataStream = file;
        tar.WriteEntry(packed);
    }
}
