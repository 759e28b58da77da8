using System.Buffers;
using System.Security.Cryptography;

using Dapper;

using Mambo.Contracts.Deployments;
using Mambo.ServiceDefaults.Configuration;
using Mambo.ServiceDefaults.Names;
using Mambo.ServiceDefaults.Operations;

namespace Mambo.Backoffice.Bundles;

/// <summary>
/// Bundles by their digest, one file each. A file has its final name only when all its bytes are on disk and verified; first the file, then the journal, which tells
/// <see cref="BundleStored"/> once per digest.
/// </summary>
internal sealed partial class BundleStore(
    MamboPaths paths, ApiOptions options, [FromKeyedServices(BackofficeRegistrations.Service)] Journal journal, ILogger<BundleStore> logger) : IHostedLifecycleService
{
    private const int BufferSize = 128 * 1024;
    private const int NoSpaceLeft = 28;
    private const int QuotaExceeded = 122;
    private const string Unfinished = ".part";

    /// <summary>Size in bytes, or null when it is not stored: a file of the name that was never recorded was not verified either.</summary>
    public long? SizeOf(BundleDigest digest) =>
        new FileInfo(paths.Bundle(digest.Value)) is { Exists: true } file && IsRecorded(digest) ? file.Length : null;

    /// <summary>Streams a body to disk in one pass. Whatever the outcome, and also when the client goes, no unfinished file stays.</summary>
    public async Task<StoreResult> StoreAsync(BundleDigest digest, Stream body, string storedBy, CancellationToken cancellationToken)
    {
        var unfinished = Path.Combine(paths.Bundles, $"{Guid.NewGuid():N}{Unfinished}");
        try
        {
            Directory.CreateDirectory(paths.Bundles);
            var (size, actual) = await ReceiveAsync(body, unfinished, cancellationToken);
            if (actual is null)
                return new StoreResult(StoreOutcome.TooLarge, size);
            if (actual != digest)
                return new StoreResult(StoreOutcome.Differs, size, actual);

            File.Move(unfinished, paths.Bundle(digest.Value), overwrite: true);
            var first = await RecordAsync(digest, size, storedBy);
            return new StoreResult(first ? StoreOutcome.Stored : StoreOutcome.WasThere, size, actual);
        }
        catch (IOException error) when (error.HResult is NoSpaceLeft or QuotaExceeded)
        {
            LogDiskFull(logger, digest, error.Message);
            return new StoreResult(StoreOutcome.DiskFull, 0);
        }
        finally
        {
            File.Delete(unfinished);
        }
    }

    /// <summary>Before the door opens: uploads a crash cut off are removed, and a bundle whose crash came between file and journal is recorded.</summary>
    public async Task StartingAsync(CancellationToken cancellationToken)
    {
        var folder = Directory.CreateDirectory(paths.Bundles);
        foreach (var file in folder.EnumerateFiles($"*{Unfinished}"))
            file.Delete();
        foreach (var file in folder.EnumerateFiles("*.tar.gz"))
        {
            if (BundleDigest.TryParse($"sha256:{file.Name[..^".tar.gz".Length]}", out var digest, out _) && !IsRecorded(digest))
                await RecordFoundAsync(digest, file, cancellationToken);
        }
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private bool IsRecorded(BundleDigest digest) =>
        journal.Read(connection => connection.ExecuteScalar<long>("SELECT COUNT(*) FROM bundles WHERE digest = @digest", new { digest = digest.Value })) == 1;

    /// <summary>Writes and hashes as it reads. No digest: it stopped after the most bytes a bundle may have.</summary>
    private async Task<(long Size, BundleDigest? Digest)> ReceiveAsync(Stream body, string path, CancellationToken cancellationToken)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(BufferSize);
        try
        {
            using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            await using var file = new FileStream(path, new FileStreamOptions
            {
                Mode = FileMode.CreateNew,
                Access = FileAccess.Write,
                BufferSize = 0,
                UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
            });
            long size = 0;
            while (await body.ReadAsync(buffer, cancellationToken) is > 0 and var read)
            {
                size += read;
                if (size > options.MaxBundleBytes)
                    return (size, null);
                hash.AppendData(buffer, 0, read);
                await file.WriteAsync(buffer.AsMemory(0, read), cancellationToken);
            }

            file.Flush(flushToDisk: true);
            return (size, BundleDigest.Of(hash.GetHashAndReset()));
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>The file may as well have been copied here by hand, so its bytes are not believed.</summary>
    private async Task RecordFoundAsync(BundleDigest digest, FileInfo file, CancellationToken cancellationToken)
    {
        await using var bytes = file.OpenRead();
        var actual = BundleDigest.Of(await SHA256.HashDataAsync(bytes, cancellationToken));
        if (actual == digest)
            await RecordAsync(digest, file.Length, storedBy: null);
        else
            LogNotItself(logger, file.FullName, actual);
    }

    /// <summary>False: it is recorded already. Not cancelled with the request: the file is there.</summary>
    private Task<bool> RecordAsync(BundleDigest digest, long size, string? storedBy) => journal.WriteAsync(transaction =>
    {
        var added = transaction.Execute(
            "INSERT INTO bundles (digest, size, stored_by, stored_at) VALUES (@digest, @size, @storedBy, @Now) ON CONFLICT DO NOTHING",
            new { digest = digest.Value, size, storedBy, transaction.Now });
        if (added == 1)
            transaction.Tell(new BundleStored { Digest = digest.Value, Size = size, StoredBy = storedBy }, messageId: $"{digest}:stored");
        return added == 1;
    });

    [LoggerMessage(110, LogLevel.Error, "Bundle {Digest} was not stored, the disk is full: {Problem}")]
    private static partial void LogDiskFull(ILogger logger, BundleDigest digest, string problem);

    [LoggerMessage(111, LogLevel.Warning, "{File} is not what its name says: its digest is {Actual}. It counts as not stored; storing the bundle again replaces it")]
    private static partial void LogNotItself(ILogger logger, string file, BundleDigest actual);
}
