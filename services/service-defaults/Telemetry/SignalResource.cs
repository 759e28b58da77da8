using Mambo.ServiceDefaults.Configuration;

namespace Mambo.ServiceDefaults.Telemetry;

/// <summary>What every log line, metric and span says about the process. No instance id: it would start all series anew at every start.</summary>
internal static class SignalResource
{
    public static Dictionary<string, object> Attributes(PlatformSetup setup) => new()
    {
        ["service.name"] = setup.Service,
        ["service.version"] = setup.Identity.Version,
        ["host.name"] = setup.Identity.Host,
        ["deployment.environment.name"] = setup.Options.Telemetry.Environment,
        ["mambo.platform"] = setup.Identity.Name,
    };
}
