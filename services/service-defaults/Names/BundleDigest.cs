using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text.RegularExpressions;

namespace Mambo.ServiceDefaults.Names;

/// <summary>The identity of a bundle: <c>sha256:</c> and 64 lower-case hexadecimal digits, of the packed bytes.</summary>
public readonly partial record struct BundleDigest
{
    private const string Prefix = "sha256:";

    private BundleDigest(string value) => Value = value;

    /// <summary>With the prefix.</summary>
    public string Value { get; }

    /// <summary>The digits alone; safe as a file name.</summary>
    public string Hex => Value[Prefix.Length..];

    /// <summary>False: <paramref name="problem"/> says what is wrong and what to write instead, as the text of a field error.</summary>
    public static bool TryParse(string? text, out BundleDigest digest, [NotNullWhen(false)] out string? problem)
    {
        digest = default;
        problem = text switch
        {
            null or "" => "It is missing. Write the bundle's digest: sha256: and 64 hexadecimal digits.",
            _ when !Pattern().IsMatch(text) => $"{Quoted.Text(text)} is no digest. Write sha256: and 64 lower-case hexadecimal digits.",
            _ => null,
        };
        if (problem is null)
            digest = new BundleDigest(text!);
        return problem is null;
    }

    /// <summary>From the 32 bytes of a SHA-256.</summary>
    public static BundleDigest Of(ReadOnlySpan<byte> hash) => hash.Length == SHA256.HashSizeInBytes
        ? new BundleDigest(Prefix + Convert.ToHexStringLower(hash))
        : throw new ArgumentException($"A SHA-256 has 32 bytes, not {hash.Length}.", nameof(hash));

    /// <inheritdoc/>
    public override string ToString() => Value;

    [GeneratedRegex(@"\Asha256:[0-9a-f]{64}\z", RegexOptions.CultureInvariant)]
    private static partial Regex Pattern();
}
