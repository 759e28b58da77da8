using System.Text.Json;
using System.Text.Json.Serialization;

namespace Mambo.Deployer.Compose;

/// <summary>A compose file as <c>config --format json</c> prints it, as far as it is read.</summary>
internal sealed record FileJson(
    Dictionary<string, JsonElement>? Services,
    Dictionary<string, JsonElement>? Networks,
    Dictionary<string, JsonElement>? Volumes,
    Dictionary<string, JsonElement>? Configs,
    Dictionary<string, JsonElement>? Secrets);

/// <summary>One service in it.</summary>
internal sealed record ServiceJson
{
    public string? Image { get; init; }

    public Dictionary<string, string?>? Labels { get; init; }

    public List<string>? Expose { get; init; }

    public HealthcheckJson? Healthcheck { get; init; }

    public List<PortJson>? Ports { get; init; }

    [JsonPropertyName("container_name")]
    public string? ContainerName { get; init; }

    public List<MountJson>? Volumes { get; init; }

    [JsonPropertyName("volumes_from")]
    public List<string>? VolumesFrom { get; init; }

    public List<UseJson>? Configs { get; init; }

    public List<UseJson>? Secrets { get; init; }

    public Dictionary<string, AddressJson?>? Networks { get; init; }

    [JsonPropertyName("mac_address")]
    public string? MacAddress { get; init; }

    public Dictionary<string, JsonElement>? Environment { get; init; }

    [JsonPropertyName("depends_on")]
    public Dictionary<string, DependencyJson>? DependsOn { get; init; }

    public string? Restart { get; init; }

    public JsonElement? Scale { get; init; }

    public DeployJson? Deploy { get; init; }

    [JsonPropertyName("mem_limit")]
    public JsonElement? MemLimit { get; init; }

    [JsonPropertyName("stop_grace_period")]
    public string? StopGracePeriod { get; init; }

    public bool Privileged { get; init; }

    [JsonPropertyName("cap_add")]
    public List<string>? CapAdd { get; init; }

    public List<JsonElement>? Devices { get; init; }

    [JsonPropertyName("device_cgroup_rules")]
    public List<string>? DeviceRules { get; init; }

    [JsonPropertyName("security_opt")]
    public List<string>? SecurityOpt { get; init; }

    [JsonPropertyName("network_mode")]
    public string? NetworkMode { get; init; }

    public string? Pid { get; init; }

    public string? Ipc { get; init; }

    public string? Uts { get; init; }

    public string? Cgroup { get; init; }

    [JsonPropertyName("userns_mode")]
    public string? UsernsMode { get; init; }
}

internal sealed record HealthcheckJson(bool? Disable, List<string>? Test);

internal sealed record PortJson(string? Published, string? Protocol, [property: JsonPropertyName("host_ip")] string? HostIp);

internal sealed record MountJson(string? Type, string? Source, string? Target, [property: JsonPropertyName("read_only")] bool ReadOnly);

internal sealed record UseJson(string? Source);

internal sealed record AddressJson(
    [property: JsonPropertyName("ipv4_address")] string? V4, [property: JsonPropertyName("ipv6_address")] string? V6, [property: JsonPropertyName("mac_address")] string? Mac);

internal sealed record DependencyJson(string? Condition);

internal sealed record DeployJson(JsonElement? Replicas, ResourcesJson? Resources);

internal sealed record ResourcesJson(LimitsJson? Limits);

internal sealed record LimitsJson(JsonElement? Memory);
