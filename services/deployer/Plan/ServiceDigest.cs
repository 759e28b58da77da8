using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

using Mambo.Deployer.Compose;

namespace Mambo.Deployer.Plan;

/// <summary>
/// Tells whether a container would be made the same again: a SHA-256 over the service's canonical definition, the content of the files it mounts out of the bundle
/// and its image's id. Where the bundle lies does not matter, and neither does what only orders the start (<c>depends_on</c>).
/// </summary>
internal static class ServiceDigest
{
    private static readonly HashSet<string> Ignored = new(StringComparer.Ordinal) { "image", "build", "depends_on", "pull_policy", "profiles" };

    /// <summary>The digest of every service.</summary>
    /// <param name="model">With the images that replace its own.</param>
    /// <param name="bundle">The folder of the unpacked bundle.</param>
    /// <param name="imageIds">Id of each service's image on this machine. A service without one counts by its image's reference.</param>
    /// <param name="secrets">Keyed hashes of the secrets that are not part of the bundle, by their names in the compose file.</param>
    public static IReadOnlyDictionary<string, string> Of(
        ComposeModel model, string bundle, IReadOnlyDictionary<string, string> imageIds, IReadOnlyDictionary<string, string>? secrets = null)
    {
        var files = new BundleContent(bundle);
        return model.Services.ToDictionary(service => service.Name, service => Of(service, model, files, imageIds.GetValueOrDefault(service.Name), secrets), StringComparer.Ordinal);
    }

    /// <summary>The digest of the networks: a change of one means new containers for everything on it, so everything is made anew together.</summary>
    public static string FrameOf(ComposeModel model)
    {
        using var digest = new CanonicalDigest("");
        foreach (var (name, definition) in model.Networks.OrderBy(network => network.Key, StringComparer.Ordinal))
            digest.Add(name).Add(definition);
        return digest.Finish();
    }

    private static string Of(ComposeService service, ComposeModel model, BundleContent files, string? imageId, IReadOnlyDictionary<string, string>? secrets)
    {
        using var digest = new CanonicalDigest(files.Bundle);
        digest.Add(imageId ?? service.Image ?? "").Add(service.Definition, Ignored);
        foreach (var mount in service.Mounts)
        {
            if (mount is { Type: "bind", Source: { } path })
                digest.Add(files.DigestOf(path));
            else if (mount is { Type: "volume", Source: { } name } && model.Volumes.TryGetValue(name, out var volume))
                digest.Add(volume);
        }

        foreach (var definition in Definitions(service.Configs, model.Configs).Concat(Definitions(service.Secrets, model.Secrets)))
        {
            digest.Add(definition);
            if (Text(definition, "file") is { } path)
                digest.Add(files.DigestOf(path));
            // Its value comes out of the bundle's .env, which compose reads when it makes the container.
            else if (Text(definition, "environment") is not null)
                digest.Add(files.DigestOf(Path.Combine(files.Bundle, ".env")));
        }

        foreach (var secret in service.Secrets.Select(name => secrets?.GetValueOrDefault(name)).OfType<string>())
            digest.Add(secret);
        return digest.Finish();
    }

    private static IEnumerable<JsonElement> Definitions(IReadOnlyList<string> names, IReadOnlyDictionary<string, JsonElement> definitions) =>
        names.Where(definitions.ContainsKey).Select(name => definitions[name]);

    private static string? Text(JsonElement definition, string name) =>
        definition.ValueKind == JsonValueKind.Object && definition.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}

/// <summary>Hashes JSON with its keys sorted, whatever the order they came in, and text with its length, so that no two sequences look alike.</summary>
/// <param name="bundle">A folder whose own path does not count in any text. Empty: none.</param>
internal sealed class CanonicalDigest(string bundle) : IDisposable
{
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);

    public CanonicalDigest Add(string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        _hash.AppendData(BitConverter.GetBytes(bytes.Length));
        _hash.AppendData(bytes);
        return this;
    }

    public CanonicalDigest Add(JsonElement json, IReadOnlySet<string>? without = null)
    {
        switch (json.ValueKind)
        {
            case JsonValueKind.Object:
                var members = json.EnumerateObject().Where(member => without?.Contains(member.Name) != true).OrderBy(member => member.Name, StringComparer.Ordinal).ToList();
                Add($"{{{members.Count}");
                members.ForEach(member => Add(member.Name).Add(member.Value));
                return this;
            case JsonValueKind.Array:
                Add($"[{json.GetArrayLength()}");
                foreach (var item in json.EnumerateArray())
                    Add(item);
                return this;
            case JsonValueKind.String:
                return Add($"\"{Relative(json.GetString()!)}");
            default:
                return Add(json.ValueKind == JsonValueKind.Undefined ? "" : json.GetRawText());
        }
    }

    /// <summary>64 hexadecimal digits.</summary>
    public string Finish() => Convert.ToHexStringLower(_hash.GetHashAndReset());

    public void Dispose() => _hash.Dispose();

    private string Relative(string text) =>
        bundle.Length > 0 && text.StartsWith(bundle, StringComparison.Ordinal) && (text.Length == bundle.Length || text[bundle.Length] == '/') ? $".{text[bundle.Length..]}" : text;
}
