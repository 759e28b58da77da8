using System.Text.Json;
using System.Text.Json.Serialization;

namespace Mambo.Deployer.Compose;

/// <summary>What of a compose file matters here, out of <c>config --format json</c>, where lists and short forms are already normalised.</summary>
internal sealed record ComposeModel(IReadOnlyList<ComposeService> Services)
{
    /// <summary>The service of this name, or null.</summary>
    public ComposeService? Find(string name) => Services.FirstOrDefault(service => service.Name == name);

    /// <exception cref="JsonException">It is not what compose prints.</exception>
    public static ComposeModel Parse(string json)
    {
        var file = JsonSerializer.Deserialize<FileJson>(json, JsonSerializerOptions.Web) ?? throw new JsonException("compose printed null.");
        return new ComposeModel([.. (file.Services ?? []).OrderBy(service => service.Key, StringComparer.Ordinal).Select(service => ServiceOf(service.Key, service.Value))]);
    }

    /// <summary>With other images for some services.</summary>
    public ComposeModel WithImages(IReadOnlyDictionary<string, string> images) =>
        new([.. Services.Select(service => images.TryGetValue(service.Name, out var image) ? service with { Image = image } : service)]);

    private static ComposeService ServiceOf(string name, ServiceJson json) => new(
        name,
        json.Image,
        // compose doubles every $, so that its output can be read again as a compose file.
        (json.Labels ?? []).ToDictionary(label => label.Key, label => (label.Value ?? "").Replace("$$", "$", StringComparison.Ordinal)),
        [.. (json.Expose ?? []).Select(TcpPort).Where(port => port > 0).Distinct()],
        json.Healthcheck is { Disable: not true, Test: not ["NONE"] });

    /// <summary>0: a range, or not TCP.</summary>
    private static int TcpPort(string exposed) => int.TryParse(exposed.EndsWith("/tcp", StringComparison.Ordinal) ? exposed[..^4] : exposed, out var port) ? port : 0;

    private sealed record FileJson(Dictionary<string, ServiceJson>? Services);

    private sealed record ServiceJson(string? Image, Dictionary<string, string?>? Labels, List<string>? Expose, HealthcheckJson? Healthcheck);

    private sealed record HealthcheckJson(bool? Disable, [property: JsonPropertyName("test")] List<string>? Test);
}

/// <summary>One service of a compose file.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Image">Its image. Null: it can only be built.</param>
/// <param name="Labels">Its labels.</param>
/// <param name="Expose">Single TCP ports under <c>expose</c>.</param>
/// <param name="HasHealthCheck">The file declares a health check; the image may have one of its own.</param>
internal sealed record ComposeService(string Name, string? Image, IReadOnlyDictionary<string, string> Labels, IReadOnlyList<int> Expose, bool HasHealthCheck);
