using System.ComponentModel.DataAnnotations;

namespace Mambo.ServiceDefaults.Configuration;

/// <summary>Section <c>api</c>.</summary>
public sealed class ApiOptions
{
    /// <summary>Address and port the API listens on. Default: <c>127.0.0.1:7400</c>.</summary>
    [Required, ListenAddress]
    public string Listen { get; set; } = "127.0.0.1:7400";

    /// <summary>Largest packed bundle, in bytes. Default: 100 MiB.</summary>
    [Range(1, 10L * 1024 * 1024 * 1024)]
    public long MaxBundleBytes { get; set; } = 100L * 1024 * 1024;

    /// <summary>Requests a token may make in a minute. Default: 600.</summary>
    [Range(1, 1_000_000)]
    public int RequestsPerMinute { get; set; } = 600;
}
