using System.Text.Json;

using Microsoft.IdentityModel.Tokens;

namespace Mambo.Backoffice.Ci;

/// <summary>The keys an issuer signs with, as it told them.</summary>
/// <param name="Text">The JSON Web Key Set.</param>
/// <param name="FetchedAt">When it told them.</param>
internal sealed record SigningKeys(string Text, DateTimeOffset FetchedAt)
{
    private const int LeastBits = 2048;

    private readonly Dictionary<string, JsonWebKey> _keys = Parse(Text);

    /// <summary>Null: the issuer has no such key that can sign with RS256.</summary>
    public JsonWebKey? Find(string keyId) => _keys.GetValueOrDefault(keyId);

    /// <exception cref="JsonException">It is no set of keys, or holds none that can be used.</exception>
    private static Dictionary<string, JsonWebKey> Parse(string text)
    {
        Dictionary<string, JsonWebKey> usable;
        try
        {
            usable = JsonWebKeySet.Create(text).Keys.Where(IsUsable).DistinctBy(key => key.Kid).ToDictionary(key => key.Kid, StringComparer.Ordinal);
        }
        catch (ArgumentException fault)
        {
            throw new JsonException("It is no JSON Web Key Set.", fault);
        }

        return usable.Count > 0 ? usable : throw new JsonException($"It holds no RSA key of at least {LeastBits} bits.");
    }

    private static bool IsUsable(JsonWebKey key) =>
        key is { Kty: JsonWebAlgorithmsKeyTypes.RSA, Kid.Length: > 0, Use: null or "" or "sig", Alg: null or "" or CiToken.Algorithm } && key.KeySize >= LeastBits;
}
