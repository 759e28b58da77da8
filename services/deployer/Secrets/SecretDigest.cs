using System.Security.Cryptography;
using System.Text;

using Mambo.ServiceDefaults.Configuration;

namespace Mambo.Deployer.Secrets;

/// <summary>
/// Tells whether a secret changed without telling anything of it: a keyed hash, since the plain hash of a short secret is found by trying. The key is this host's own, made with
/// the first secret; without it every secret counts as changed once.
/// </summary>
internal sealed class SecretDigest(MamboPaths paths)
{
    private const int KeyBytes = 32;

    /// <summary>Hexadecimal digits of a digest; 128 bits.</summary>
    private const int Length = 32;

    private readonly Lazy<byte[]> _key = new(() => Key(Path.Combine(Path.GetDirectoryName(paths.Journal(DeployerRegistrations.Service))!, "secret-digests.key")));

    /// <summary>The digest of a secret's content under its name.</summary>
    public string Of(string name, ReadOnlySpan<byte> content)
    {
        using var hash = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, _key.Value);
        hash.AppendData(Encoding.UTF8.GetBytes($"{name}\0"));
        hash.AppendData(content);
        return Convert.ToHexStringLower(hash.GetHashAndReset())[..Length];
    }

    private static byte[] Key(string path)
    {
        if (File.Exists(path) && File.ReadAllBytes(path) is { Length: KeyBytes } known)
            return known;
        var made = RandomNumberGenerator.GetBytes(KeyBytes);
        PrivateFile.Write(path, made);
        return made;
    }
}
