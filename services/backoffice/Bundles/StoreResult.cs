using Mambo.ServiceDefaults.Names;

namespace Mambo.Backoffice.Bundles;

/// <summary>How an upload ended.</summary>
internal enum StoreOutcome
{
    /// <summary>The bundle is on disk and was not before.</summary>
    Stored,

    /// <summary>Somebody else had stored the same bytes.</summary>
    WasThere,

    /// <summary>The bytes are not those of the digest.</summary>
    Differs,

    /// <summary>There were more bytes than a bundle may have.</summary>
    TooLarge,

    /// <summary>The disk took no more.</summary>
    DiskFull,
}

/// <param name="Outcome">How it ended.</param>
/// <param name="Size">Bytes received.</param>
/// <param name="Actual">The digest of the bytes, when all were received.</param>
internal sealed record StoreResult(StoreOutcome Outcome, long Size, BundleDigest? Actual = null);
