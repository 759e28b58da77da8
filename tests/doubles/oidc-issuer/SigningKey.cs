using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Mambo.OidcIssuer;

/// <summary>An RSA key that signs JWTs, byte by byte as RFC 7515 says; it knows nothing of the library that verifies them, and signs whatever it is given.</summary>
public sealed class SigningKey(string id, int bits = 2048) : IDisposable
{
    // Made when it is needed first: it takes a tenth of a second.
    private readonly Lazy<RSA> _made = new(() => RSA.Create(bits));

    private RSA Rsa => _made.Value;

    /// <summary>Its <c>kid</c>.</summary>
    public string Id { get; } = id;

    /// <summary>The public half as the bytes of a PEM file, as the attack that takes it for a shared secret does.</summary>
    public byte[] PublicPem => Encoding.UTF8.GetBytes(Rsa.ExportSubjectPublicKeyInfoPem());

    /// <summary>The public half as an entry of a key set.</summary>
    public Dictionary<string, object> PublicJwk
    {
        get
        {
            var key = Rsa.ExportParameters(includePrivateParameters: false);
            return new() { ["kty"] = "RSA", ["use"] = "sig", ["alg"] = "RS256", ["kid"] = Id, ["n"] = Base64Url.EncodeToString(key.Modulus), ["e"] = Base64Url.EncodeToString(key.Exponent) };
        }
    }

    /// <summary>A header as the issuers write it.</summary>
    public Dictionary<string, object> Header => new() { ["typ"] = "JWT", ["alg"] = "RS256", ["kid"] = Id };

    /// <summary>A signed token.</summary>
    public string Sign(object claims, Dictionary<string, object>? header = null) => Sign(JsonSerializer.Serialize(header ?? Header), JsonSerializer.Serialize(claims));

    /// <summary>A token of any two texts, with a signature that is good.</summary>
    public string Sign(string header, string claims)
    {
        var signed = Encode(header, claims);
        return $"{signed}.{Base64Url.EncodeToString(Rsa.SignData(Encoding.ASCII.GetBytes(signed), HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1))}";
    }

    /// <summary>A token whose signature is something else.</summary>
    public static string Forge(Dictionary<string, object> header, object claims, Func<byte[], byte[]> signature)
    {
        var signed = Encode(JsonSerializer.Serialize(header), JsonSerializer.Serialize(claims));
        return $"{signed}.{Base64Url.EncodeToString(signature(Encoding.ASCII.GetBytes(signed)))}";
    }

    /// <summary>Signed with PSS, which is another algorithm of the same key.</summary>
    public byte[] SignPss(byte[] bytes) => Rsa.SignData(bytes, HashAlgorithmName.SHA256, RSASignaturePadding.Pss);

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_made.IsValueCreated)
            Rsa.Dispose();
    }

    private static string Encode(string header, string claims) => $"{Base64Url.EncodeToString(Encoding.UTF8.GetBytes(header))}.{Base64Url.EncodeToString(Encoding.UTF8.GetBytes(claims))}";
}
