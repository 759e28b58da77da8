using System.Buffers.Text;
using System.Text.Json;

namespace Mambo.Backoffice.Ci;

/// <summary>A JWT as it came: read, and not believed yet.</summary>
/// <param name="Raw">The whole of it. Never to be logged.</param>
/// <param name="KeyId">The id of the key it says it is signed with.</param>
/// <param name="Claims">Its claims.</param>
internal sealed record CiToken(string Raw, string KeyId, CiClaims Claims)
{
    /// <summary>Longest token, in characters. Those of GitHub have about 2,000.</summary>
    public const int Longest = 8 * 1024;

    /// <summary>The only algorithm either issuer uses. With one alone, nobody can talk us into another.</summary>
    public const string Algorithm = "RS256";

    private static readonly string[] Unwanted = ["jku", "jwk", "x5u", "x5c", "crit", "b64", "zip", "enc"];

    private static readonly JsonDocumentOptions Strict = new() { MaxDepth = 8, AllowDuplicateProperties = false };

    public static (CiToken? Token, Refusal? Refusal) Read(string? raw)
    {
        if (raw is not { Length: > 0 and <= Longest } || raw.Split('.') is not [var header, var payload, { Length: > 0 }])
            return Malformed($"it is no signed JWT of at most {Longest} characters");
        if (Decode(header) is not { } head || Decode(payload) is not { } body)
            return Malformed("its header or its claims are no JSON object");

        var (algorithm, key) = (head.Text("alg"), head.Text("kid"));
        if (algorithm != Algorithm)
            return (null, new Refusal(RefusalReason.Algorithm, $"it is signed with {CiClaims.Shown(algorithm)}, not {Algorithm}"));
        if (Unwanted.FirstOrDefault(head.Has) is { } unwanted)
            return (null, new Refusal(RefusalReason.Header, $"its header has {unwanted}"));
        return key is { Length: > 0 and <= 200 } ? (new CiToken(raw, key, body), null) : Malformed("its header names no key");
    }

    private static (CiToken?, Refusal?) Malformed(string why) => (null, new Refusal(RefusalReason.Malformed, why));

    private static CiClaims? Decode(string part)
    {
        try
        {
            // Padding and blanks are no part of a JWT, though the decoder would take them.
            if (part.Any(letter => !char.IsAsciiLetterOrDigit(letter) && letter is not ('-' or '_')))
                return null;
            var json = JsonElement.Parse(Base64Url.DecodeFromChars(part), Strict);
            return json.ValueKind == JsonValueKind.Object ? new CiClaims(json) : null;
        }
        catch (Exception fault) when (fault is FormatException or JsonException)
        {
            return null;
        }
    }
}
