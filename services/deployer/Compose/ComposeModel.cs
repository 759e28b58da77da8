using System.Text.Json;

namespace Mambo.Deployer.Compose;

/// <summary>What of a compose file matters here, out of <c>config --format json</c>, where lists and short forms are already normalised.</summary>
/// <param name="Services">By name; those of a profile that is not active are left out.</param>
internal sealed record ComposeModel(IReadOnlyList<ComposeService> Services)
{
    /// <summary>Definitions of the networks some service uses, as compose prints them.</summary>
    public IReadOnlyDictionary<string, JsonElement> Networks { get; init; } = new Dictionary<string, JsonElement>();

    /// <summary>Definitions of the named volumes some service uses.</summary>
    public IReadOnlyDictionary<string, JsonElement> Volumes { get; init; } = new Dictionary<string, JsonElement>();

    /// <summary>Definitions of the configs some service uses.</summary>
    public IReadOnlyDictionary<string, JsonElement> Configs { get; init; } = new Dictionary<string, JsonElement>();

    /// <summary>Definitions of the secrets some service uses. Their content is never among them.</summary>
    public IReadOnlyDictionary<string, JsonElement> Secrets { get; init; } = new Dictionary<string, JsonElement>();

    /// <summary>Secrets that are not part of the bundle: their names in the compose file, and on this host.</summary>
    public IReadOnlyDictionary<string, string> ExternalSecrets() => Secrets.Where(secret => IsExternal(secret.Value))
        .ToDictionary(secret => secret.Key, secret => secret.Value.TryGetProperty("name", out var name) && name.GetString() is { } own ? own : secret.Key);

    /// <summary>The service of this name, or null.</summary>
    public ComposeService? Find(string name) => Services.FirstOrDefault(service => service.Name == name);

    /// <exception cref="JsonException">It is not what compose prints.</exception>
    public static ComposeModel Parse(string json) => ComposeReader.Read(json);

    /// <summary>With other images for some services.</summary>
    public ComposeModel WithImages(IReadOnlyDictionary<string, string> images) =>
        this with { Services = [.. Services.Select(service => images.TryGetValue(service.Name, out var image) ? service with { Image = image } : service)] };

    private static bool IsExternal(JsonElement definition) =>
        definition.ValueKind == JsonValueKind.Object && definition.TryGetProperty("external", out var external) && external.ValueKind == JsonValueKind.True;
}
