using System.Security.Cryptography;

using Mambo.Contracts.Deployments;
using Mambo.Deployer.Releases;
using Mambo.ServiceDefaults.Configuration;
using Mambo.ServiceDefaults.Names;

namespace Mambo.Deployer.Secrets;

/// <summary>
/// The secrets a person set with <c>mambo secrets set</c>, and the copies containers see. A copy is named by its content, so that a container that goes on unchanged keeps its file
/// and a release gone back to has the secrets it had. The folder is closed to other users; the files within are not, since the user a container runs as must read them.
/// </summary>
internal sealed class SecretStore(MamboPaths paths, ReleaseFolders folders, SecretDigest digests)
{
    /// <summary>As Docker has it for its own secrets.</summary>
    private const int Largest = 500 * 1024;

    private const UnixFileMode Others = UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.OtherRead | UnixFileMode.OtherWrite;

    private const UnixFileMode Readable = UnixFileMode.UserRead | UnixFileMode.GroupRead | UnixFileMode.OtherRead;

    /// <summary>Takes the secrets of a release as they are now; for those of <paramref name="recalled"/>, as they were.</summary>
    /// <param name="app">The app.</param>
    /// <param name="wanted">Names in the compose file, and on this host.</param>
    /// <param name="recalled">What a release that served before had. Empty: it is a new one.</param>
    /// <param name="cancellationToken">Ends it early.</param>
    /// <returns>All of them, or every fault.</returns>
    public async Task<(Dictionary<string, ReleasedSecret> Taken, List<FieldError> Faults)> TakeAsync(
        string app, IReadOnlyDictionary<string, string> wanted, IReadOnlyDictionary<string, ReleasedSecret> recalled, CancellationToken cancellationToken)
    {
        var (taken, faults) = (new Dictionary<string, ReleasedSecret>(StringComparer.Ordinal), new List<FieldError>());
        foreach (var (key, name) in wanted.OrderBy(secret => secret.Key, StringComparer.Ordinal))
        {
            var (secret, problem) = recalled.TryGetValue(key, out var kept) ? Recall(app, kept) : await CopyAsync(app, name, cancellationToken);
            if (secret is not null)
                taken.Add(key, secret);
            else
                faults.Add(new FieldError($"secrets.{key}", problem!));
        }

        return (taken, faults);
    }

    private (ReleasedSecret?, string?) Recall(string app, ReleasedSecret secret) => File.Exists(folders.Secret(app, secret))
        ? (secret, null)
        : (null, $"Version {secret.Version} of {secret.Name} is not kept any more. Deploy {app} anew instead of going back.");

    private async Task<(ReleasedSecret?, string?)> CopyAsync(string app, string name, CancellationToken cancellationToken)
    {
        if (!SecretName.TryParse(name, out _, out var problem))
            return (null, problem);
        var file = new FileInfo(Path.Combine(paths.AppSecrets, app, name));
        if (!file.Exists)
            return (null, $"{app} has no secret {name}. Set it on this host: mambo secrets set {app} {name}");
        if ((file.UnixFileMode & Others) != 0)
            return (null, $"The file {file.FullName} is open to other users. Run: chmod 600 {file.FullName}");
        if (file.Length > Largest)
            return (null, $"It is larger than {Largest / 1024} KiB. Put only the secret into it.");

        byte[] content = [];
        try
        {
            content = await File.ReadAllBytesAsync(file.FullName, cancellationToken);
            var secret = new ReleasedSecret(name, Version(file.FullName), digests.Of(name, content));
            Copy(app, secret, content);
            return (secret, null);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return (null, $"It cannot be read or copied: {error.Message} Both {paths.AppSecrets} and {paths.Apps} must belong to the user the platform runs as.");
        }
        finally
        {
            CryptographicOperations.ZeroMemory(content);
        }
    }

    private void Copy(string app, ReleasedSecret secret, byte[] content)
    {
        if (File.Exists(folders.Secret(app, secret)))
            return;
        Directory.CreateDirectory(folders.Secrets(app), PrivateFile.OwnerOnlyFolder);
        PrivateFile.Write(folders.Secret(app, secret), content, Readable);
    }

    /// <summary>What <c>mambo secrets set</c> counts beside the secret; a file put there by hand is version 1.</summary>
    private static int Version(string file) => File.Exists($"{file}.version") && int.TryParse(File.ReadAllText($"{file}.version"), out var version) ? version : 1;
}
