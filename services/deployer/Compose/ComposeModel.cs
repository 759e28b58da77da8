using System.Text.Json;
using System.Text.Json.Nodes;

namespace Mambo.Deployer.Compose;

/// <summary>What of a compose file matters here, out of <c>config --format json</c>, where lists and short forms are already normalised.</summary>
/// <param name="Services">Its services, by name.</param>
/// <param name="Frame">Its networks and volumes as one text; compared, never read.</param>
internal sealed record ComposeModel(IReadOnlyList<ComposeService> Services, string Frame = "")
{
    /// <summary>The service of this name, or null.</summary>
    public ComposeService? Find(string name) => Services.FirstOrDefault(service => service.Name == name);

    /// <exception cref="JsonException">It is not what compose prints.</exception>
    public static ComposeModel Parse(string json)
    {
        try
        {
            var file = JsonNode.Parse(json) as JsonObject ?? throw new JsonException("compose printed no object.");
            var services = (file["services"] as JsonObject ?? []).OrderBy(service => service.Key, StringComparer.Ordinal);
            return new ComposeModel(
                [.. services.Select(service => new ServiceReader(service.Key, service.Value!.AsObject(), file).Read())],
                $"{file["networks"]?.ToJsonString()}\n{file["volumes"]?.ToJsonString()}");
        }
        catch (InvalidOperationException unexpected)
        {
            throw new JsonException(unexpected.Message, unexpected);
        }
    }

    /// <summary>With other images for some services.</summary>
    public ComposeModel WithImages(IReadOnlyDictionary<string, string> images) =>
        this with { Services = [.. Services.Select(service => images.TryGetValue(service.Name, out var image) ? service with { Image = image } : service)] };

    private sealed class ServiceReader(string name, JsonObject json, JsonObject file)
    {
        public ComposeService Read()
        {
            var mounts = Objects("volumes").Select(mount => new ComposeMount(
                Text(mount, "type") ?? "", Text(mount, "source"), Text(mount, "target") ?? "", mount["read_only"]?.GetValue<bool>() == true)).ToList();
            var attached = Attached("secrets").Concat(Attached("configs")).ToList();
            var image = Text(json, "image");
            json.Remove("image");
            return new ComposeService(name, image, Labels(), [.. Strings("expose").Select(TcpPort).Where(port => port > 0).Distinct()], HasHealthCheck())
            {
                DependsOn = Properties("depends_on").ToDictionary(other => other.Key, other => Text(other.Value!.AsObject(), "condition") ?? "service_started"),
                Replicas = json["scale"]?.GetValue<int>() ?? json["deploy"]?["replicas"]?.GetValue<int>() ?? 1,
                ContainerName = Text(json, "container_name"),
                NetworkMode = Text(json, "network_mode"),
                PublishedPorts = [.. Objects("ports").Select(port => Text(port, "published")).OfType<string>()],
                HasFixedAddress = Properties("networks").Any(network => network.Value is JsonObject options && (options.ContainsKey("ipv4_address") || options.ContainsKey("ipv6_address"))),
                Mounts = mounts,
                Definition = string.Join('\n', [json.ToJsonString(), .. attached.Select(one => one.ToJsonString())]),
                Files = [.. mounts.Where(mount => mount.Type == "bind").Select(mount => mount.Source).Concat(attached.Select(one => Text(one, "file"))).OfType<string>().Distinct()],
            };
        }

        // compose doubles every $, so that its output can be read again as a compose file.
        private Dictionary<string, string> Labels() =>
            Properties("labels").ToDictionary(label => label.Key, label => (label.Value?.ToString() ?? "").Replace("$$", "$", StringComparison.Ordinal));

        private bool HasHealthCheck() => json["healthcheck"] is JsonObject check
            && check["disable"]?.GetValue<bool>() != true
            && (check["test"] as JsonArray)?.FirstOrDefault()?.ToString() != "NONE";

        /// <summary>Definitions on the top level that the service names in a list.</summary>
        private IEnumerable<JsonObject> Attached(string kind) =>
            Objects(kind).Select(one => file[kind]?[Text(one, "source") ?? ""]).OfType<JsonObject>();

        private IEnumerable<KeyValuePair<string, JsonNode?>> Properties(string property) => json[property] as JsonObject ?? [];

        private IEnumerable<JsonObject> Objects(string property) => (json[property] as JsonArray ?? []).OfType<JsonObject>();

        private IEnumerable<string> Strings(string property) => (json[property] as JsonArray ?? []).Select(one => one?.ToString() ?? "");

        private static string? Text(JsonObject of, string property) => of[property]?.ToString();

        /// <summary>0: a range, or not TCP.</summary>
        private static int TcpPort(string exposed) => int.TryParse(exposed.EndsWith("/tcp", StringComparison.Ordinal) ? exposed[..^4] : exposed, out var port) ? port : 0;
    }
}
