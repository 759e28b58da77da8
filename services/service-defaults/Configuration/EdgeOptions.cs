using System.ComponentModel.DataAnnotations;

namespace Mambo.ServiceDefaults.Configuration;

/// <summary>What brings requests to the apps.</summary>
public enum EdgeKind
{
    /// <summary>The deployer itself.</summary>
    Embedded,

    /// <summary>Traefik, by files the deployer writes.</summary>
    Traefik,
}

/// <summary>Section <c>edge</c>.</summary>
public sealed class EdgeOptions
{
    /// <summary>What brings requests to the apps. Default: <c>embedded</c>, the deployer itself. With <c>traefik</c>, the section <c>traefik</c> says where it is.</summary>
    public EdgeKind Kind { get; set; } = EdgeKind.Embedded;

    /// <summary>Address and port the embedded edge serves apps on. Default: <c>127.0.0.1:7480</c>.</summary>
    [Required, ListenAddress]
    public string Listen { get; set; } = "127.0.0.1:7480";

    /// <summary>The port people use when something in front forwards to the edge; only for the URLs shown. Unset: the port of <see cref="Listen"/>.</summary>
    [Range(1, 65535)]
    public int? PublicPort { get; set; }
}
