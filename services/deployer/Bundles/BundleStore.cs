using Mambo.Deployer.Compose;
using Mambo.Deployer.Releases;
using Mambo.ServiceDefaults.Configuration;
using Mambo.ServiceDefaults.Names;

namespace Mambo.Deployer.Bundles;

/// <summary>Unpacked bundles, one folder per app and digest: the same bundle twice is the same folder, so an unchanged deploy recreates nothing.</summary>
internal sealed class BundleStore(MamboPaths paths, ReleaseFolders folders, DeployerOptions options)
{
    private const string Unfinished = ".part";

    /// <summary>Sees to it that the bundle is unpacked, and returns the name of its compose file.</summary>
    /// <exception cref="BundleFault">It is not stored, not what its digest says, or not a bundle.</exception>
    public async Task<string> UnpackAsync(string app, BundleDigest digest, CancellationToken cancellationToken)
    {
        var folder = folders.Bundle(app, digest);
        if (Directory.Exists(folder))
            return ComposeProject.FileNames.First(name => File.Exists(Path.Combine(folder, name)));

        var stored = paths.Bundle(digest.Value);
        if (!File.Exists(stored))
            throw new BundleFault($"The bundle {digest} is not stored on this host. Upload it first: PUT /api/bundles/{digest}.");

        // Deployments of one app run one after the other, so what lies half unpacked was cut off.
        Directory.CreateDirectory(folders.Bundles(app));
        foreach (var cutOff in Directory.EnumerateDirectories(folders.Bundles(app), $"*{Unfinished}"))
            Directory.Delete(cutOff, recursive: true);

        var temporary = folder + Unfinished;
        Directory.CreateDirectory(temporary);
        try
        {
            var composeFile = await UnpackAsync(stored, digest, temporary, cancellationToken);
            Directory.Move(temporary, folder);
            return composeFile;
        }
        catch
        {
            Directory.Delete(temporary, recursive: true);
            throw;
        }
    }

    /// <summary>Whether the bundle is unpacked for this app.</summary>
    public bool IsUnpacked(string app, BundleDigest digest) => Directory.Exists(folders.Bundle(app, digest));

    /// <summary>Removes what <see cref="UnpackAsync(string, BundleDigest, CancellationToken)"/> made, for a bundle that no release came of.</summary>
    public void Discard(string app, BundleDigest digest) => Directory.Delete(folders.Bundle(app, digest), recursive: true);

    private async Task<string> UnpackAsync(string stored, BundleDigest digest, string folder, CancellationToken cancellationToken)
    {
        await using var file = new FileStream(stored, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 64 * 1024, useAsync: false);
        await using var hashing = new HashingStream(file);
        BundleFault? fault = null;
        var composeFile = "";
        try
        {
            composeFile = await new BundleArchive(folder, options.MaxBundleFiles, options.MaxUnpackedBytes).UnpackAsync(hashing, ComposeProject.FileNames, cancellationToken);
        }
        catch (BundleFault found)
        {
            fault = found;
        }

        // Damaged bytes explain every other fault.
        if (BundleDigest.Of(await hashing.FinishAsync(cancellationToken)) is var actual && actual != digest)
            throw new BundleFault($"Bad digest: the stored bytes of {digest} have the digest {actual}. Upload the bundle again.");
        return fault is null ? composeFile : throw fault;
    }
}
