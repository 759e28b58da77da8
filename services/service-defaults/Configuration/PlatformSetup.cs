using Microsoft.Extensions.Hosting;

namespace Mambo.ServiceDefaults.Configuration;

/// <summary>What is known before the container is built; for the code that registers services.</summary>
/// <param name="Service">The name of the process: a service, or <c>mambo</c> for all in one. Logs and metrics carry it.</param>
/// <param name="Options">Loaded and checked. <see cref="BusOptions.Transport"/> is set.</param>
/// <param name="Paths">The home.</param>
/// <param name="Identity">The platform's name, host and version.</param>
/// <param name="Secrets">Where secrets are found.</param>
public sealed record PlatformSetup(string Service, MamboOptions Options, MamboPaths Paths, PlatformIdentity Identity, Secrets Secrets)
{
    /// <summary>Faults found so far. All are printed when the container is built, and the process ends.</summary>
    internal List<ConfigurationFault> Faults { get; } = [];

    internal Dictionary<string, string> Listeners { get; } = [];
}

/// <summary>For builders made by <see cref="MamboHost"/>.</summary>
public static class PlatformSetupExtensions
{
    /// <summary>The setup of this process.</summary>
    /// <exception cref="InvalidOperationException">The builder was not made by <see cref="MamboHost.CreateBuilder(string, string[], BusTransport)"/>.</exception>
    public static PlatformSetup Setup(this IHostApplicationBuilder builder) =>
        builder.Properties.TryGetValue(typeof(PlatformSetup), out var setup)
            ? (PlatformSetup)setup
            : throw new InvalidOperationException("Make the builder with MamboHost.CreateBuilder.");

    /// <summary>The process does not start without this secret. Its lack is reported together with all other faults.</summary>
    public static IHostApplicationBuilder RequireSecret(this IHostApplicationBuilder builder, string name) =>
        builder.AddFaults(builder.Setup().Secrets.Check(name));

    /// <summary>The process starts without this secret, but not with an unusable one, such as a file other users can read.</summary>
    public static IHostApplicationBuilder UseSecret(this IHostApplicationBuilder builder, string name) =>
        builder.AddFaults(builder.Setup().Secrets.CheckIfSet(name));

    /// <summary>Adds a fault only the service itself can find; it is reported together with all others.</summary>
    public static IHostApplicationBuilder AddFault(this IHostApplicationBuilder builder, ConfigurationFault fault) => builder.AddFaults(fault);

    private static IHostApplicationBuilder AddFaults(this IHostApplicationBuilder builder, ConfigurationFault? fault)
    {
        var faults = builder.Setup().Faults;
        if (fault is not null && !faults.Contains(fault))
            faults.Add(fault);
        return builder;
    }
}
