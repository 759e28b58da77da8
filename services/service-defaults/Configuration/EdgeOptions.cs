using System.ComponentModel.DataAnnotations;

namespace Mambo.ServiceDefaults.Configuration;

/// <summary>Section <c>edge</c>.</summary>
public sealed class EdgeOptions
{
    /// <summary>Address and port apps are served on. Default: <c>127.0.0.1:7480</c>.</summary>
    [Required, ListenAddress]
    public string Listen { get; set; } = "127.0.0.1:7480";

    /// <summary>The port people use when something in front forwards to the edge; only for the URLs shown. Unset: the port of <see cref="Listen"/>.</summary>
    [Range(1, 65535)]
    public int? PublicPort { get; set; }
}
