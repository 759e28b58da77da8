namespace Mambo.ServiceDefaults.Configuration;

/// <summary>The whole of <c>mambo.yml</c>. Every service reads the same file; each uses its sections.</summary>
public sealed class MamboOptions
{
    /// <summary>What the platform is called and where it is.</summary>
    public PlatformOptions Platform { get; set; } = new();

    /// <summary>How the services speak to each other.</summary>
    public BusOptions Bus { get; set; } = new();

    /// <summary>The HTTP door of the backoffice.</summary>
    public ApiOptions Api { get; set; } = new();

    /// <summary>What brings requests to the apps.</summary>
    public EdgeOptions Edge { get; set; } = new();

    /// <summary>Traefik as the edge.</summary>
    public TraefikOptions Traefik { get; set; } = new();

    /// <summary>Deployments.</summary>
    public DeployerOptions Deployer { get; set; } = new();

    /// <summary>Deployments asked for by CI, without a secret.</summary>
    public CiOptions Ci { get; set; } = new();

    /// <summary>Notifications on phones.</summary>
    public AlertOptions Alerts { get; set; } = new();

    /// <summary>Where a process says whether it is well.</summary>
    public HealthOptions Health { get; set; } = new();

    /// <summary>Where logs, metrics and traces go.</summary>
    public TelemetryOptions Telemetry { get; set; } = new();
}
