using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Mambo.Deployer.Compose;

/// <summary>Makes a <see cref="ComposeModel"/> of what compose prints.</summary>
internal static partial class ComposeReader
{
    /// <exception cref="JsonException">It is not what compose prints.</exception>
    public static ComposeModel Read(string json)
    {
        var file = JsonSerializer.Deserialize<FileJson>(json, JsonSerializerOptions.Web) ?? throw new JsonException("compose printed null.");
        return new ComposeModel([.. (file.Services ?? []).OrderBy(service => service.Key, StringComparer.Ordinal).Select(service => ServiceOf(service.Key, service.Value))])
        {
            Networks = file.Networks ?? [],
            Volumes = file.Volumes ?? [],
            Configs = file.Configs ?? [],
            Secrets = file.Secrets ?? [],
        };
    }

    private static ComposeService ServiceOf(string name, JsonElement definition)
    {
        var json = definition.Deserialize<ServiceJson>(JsonSerializerOptions.Web) ?? throw new JsonException($"compose printed null for {name}.");
        return new ComposeService(
            name,
            json.Image,
            // compose doubles every $, so that its output can be read again as a compose file.
            (json.Labels ?? []).ToDictionary(label => label.Key, label => Plain(label.Value ?? "")),
            [.. (json.Expose ?? []).Select(TcpPort).Where(port => port > 0).Distinct()],
            json.Healthcheck is { Disable: not true, Test: not ["NONE"] })
        {
            Definition = definition,
            HostPorts = [.. (json.Ports ?? []).Where(port => port.Published is not (null or "" or "0")).Select(HostPort)],
            ContainerName = json.ContainerName,
            Mounts = [.. (json.Volumes ?? []).Select(mount => new ComposeMount(mount.Type ?? "volume", mount.Source is { } source ? Plain(source) : null, Plain(mount.Target ?? ""), mount.ReadOnly))],
            Configs = [.. (json.Configs ?? []).Select(use => use.Source ?? "")],
            Secrets = [.. (json.Secrets ?? []).Select(use => use.Source ?? "")],
            FixedAddresses = [.. FixedAddresses(json)],
            EnvironmentKeys = [.. (json.Environment ?? []).Keys.Order(StringComparer.Ordinal)],
            DependsOn = (json.DependsOn ?? []).ToDictionary(other => other.Key, other => other.Value.Condition ?? "service_started"),
            Restart = json.Restart,
            Replicas = (int)(Number(json.Scale) ?? Number(json.Deploy?.Replicas) ?? 1),
            MemoryLimit = Number(json.Deploy?.Resources?.Limits?.Memory) ?? Number(json.MemLimit),
            StopGrace = json.StopGracePeriod is { } grace ? Duration(grace) : null,
            Joins = [.. new[] { json.NetworkMode, json.Pid, json.Ipc }.Select(mode => After("service:", mode)).Concat((json.VolumesFrom ?? []).Select(OtherService)).OfType<string>().Distinct()],
            Privileges = PrivilegesOf(json),
        };
    }

    private static ComposePrivileges PrivilegesOf(ServiceJson json) => new()
    {
        Privileged = json.Privileged,
        AddedCapabilities = json.CapAdd ?? [],
        Devices = [.. (json.Devices ?? []).Select(Device), .. json.DeviceRules ?? []],
        SecurityOptions = json.SecurityOpt ?? [],
        NetworkMode = json.NetworkMode,
        Namespaces = new (string Key, string? Mode)[] { ("pid", json.Pid), ("ipc", json.Ipc), ("uts", json.Uts), ("cgroup", json.Cgroup), ("userns_mode", json.UsernsMode) }
            .Where(space => !string.IsNullOrEmpty(space.Mode)).ToDictionary(space => space.Key, space => space.Mode!),
        VolumesOfContainers = [.. (json.VolumesFrom ?? []).Select(from => After("container:", from)?.Split(':')[0]).OfType<string>()],
    };

    private static string HostPort(PortJson port) => $"{(port.HostIp is { Length: > 0 } address ? $"{address}:" : "")}{port.Published}/{port.Protocol ?? "tcp"}";

    private static IEnumerable<string> FixedAddresses(ServiceJson json) =>
        (json.Networks ?? []).Where(network => network.Value is { } address && (address.V4 ?? address.V6 ?? address.Mac ?? json.MacAddress) is { Length: > 0 }).Select(network => network.Key);

    private static string Device(JsonElement device) =>
        device.ValueKind == JsonValueKind.Object && device.TryGetProperty("source", out var source) ? source.GetString() ?? "" : device.ToString().Split(':')[0];

    private static string? OtherService(string from) => from.StartsWith("container:", StringComparison.Ordinal) ? null : from.Split(':')[0];

    private static string? After(string prefix, string? text) => text?.StartsWith(prefix, StringComparison.Ordinal) == true ? text[prefix.Length..] : null;

    private static string Plain(string text) => text.Replace("$$", "$", StringComparison.Ordinal);

    /// <summary>0: a range, or not TCP.</summary>
    private static int TcpPort(string exposed) => int.TryParse(exposed.EndsWith("/tcp", StringComparison.Ordinal) ? exposed[..^4] : exposed, out var port) ? port : 0;

    /// <summary>Compose prints sizes as text and counts as numbers.</summary>
    private static long? Number(JsonElement? value) =>
        value is { ValueKind: JsonValueKind.Number or JsonValueKind.String } given && long.TryParse(given.ToString(), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;

    /// <summary>A duration of Go, such as <c>1m30s</c>. Null: it is none.</summary>
    private static TimeSpan? Duration(string text)
    {
        var parts = DurationPart().Matches(text);
        if (parts.Sum(part => part.Length) != text.Length || text.Length == 0)
            return null;
        return parts.Aggregate(TimeSpan.Zero, (sum, part) => sum + (double.Parse(part.Groups["count"].Value, CultureInfo.InvariantCulture) * Unit(part.Groups["unit"].Value)));
    }

    private static TimeSpan Unit(string unit) => unit switch
    {
        "h" => TimeSpan.FromHours(1),
        "m" => TimeSpan.FromMinutes(1),
        "s" => TimeSpan.FromSeconds(1),
        "ms" => TimeSpan.FromMilliseconds(1),
        _ => TimeSpan.FromMicroseconds(1),
    };

    [GeneratedRegex(@"(?<count>[0-9]+(\.[0-9]+)?)(?<unit>h|ms|m|s|us|µs)", RegexOptions.CultureInvariant)]
    private static partial Regex DurationPart();
}
