using System.Security.Cryptography;
using System.Text;

using Mambo.Deployer.Compose;

namespace Mambo.Deployer.Plan;

/// <summary>
/// One value for everything that decides how a service's containers are made. The same release content from another folder has the same; one changed byte in a file they see
/// has another.
/// </summary>
internal static class ServiceDigest
{
    /// <param name="service">The service.</param>
    /// <param name="bundle">The folder of the unpacked bundle.</param>
    /// <param name="imageId">Id of its image's content.</param>
    public static string Of(ComposeService service, string bundle, string imageId)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Add(hash, service.Definition.Replace(bundle, ".", StringComparison.Ordinal));
        Add(hash, imageId);
        // Files outside the bundle are the host's own: that they change is not the doing of a release.
        foreach (var path in service.Files.Where(path => IsWithin(path, bundle)).Order(StringComparer.Ordinal))
            AddContent(hash, path, bundle);
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    internal static bool IsWithin(string path, string folder) => path == folder || path.StartsWith(folder + "/", StringComparison.Ordinal);

    private static void AddContent(IncrementalHash hash, string path, string bundle)
    {
        var files = Directory.Exists(path) ? Directory.EnumerateFiles(path, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal) : File.Exists(path) ? [path] : (IEnumerable<string>)[];
        Span<byte> buffer = stackalloc byte[16 * 1024];
        foreach (var file in files)
        {
            Add(hash, $"{Path.GetRelativePath(bundle, file)} {(int)File.GetUnixFileMode(file)}");
            using var stream = File.OpenRead(file);
            for (int read; (read = stream.Read(buffer)) > 0;)
                hash.AppendData(buffer[..read]);
            Add(hash, "");
        }
    }

    private static void Add(IncrementalHash hash, string text) => hash.AppendData(Encoding.UTF8.GetBytes(text + "\0"));
}
