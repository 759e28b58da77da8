using Mambo.ServiceDefaults.Configuration;
using Mambo.ServiceDefaults.Hosts;
using Mambo.ServiceDefaults.Telemetry;

using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Mambo.ServiceDefaults;

/// <summary>The start of every process of the platform.</summary>
public static class MamboHost
{
    /// <summary>Exit code of a process whose arguments or configuration are wrong.</summary>
    public const int WrongUsage = 2;

    /// <summary>
    /// Loads <c>mambo.yml</c>, environment and arguments, and adds what every service has: options, paths, secrets, logs, metrics, traces, health.
    /// On a bad configuration everything can still be registered; then <c>Build</c> prints every fault on stderr and ends the process with code 2.
    /// </summary>
    /// <param name="service">The name of the process: <c>deployer</c>, or <c>mambo</c> for all in one.</param>
    /// <param name="args"><c>--home PATH</c> instead of <c>MAMBO_HOME</c>; <c>--set section.key=value</c>, which wins over file and environment.</param>
    /// <param name="defaultTransport">The bus when <c>bus.transport</c> is unset.</param>
    public static WebApplicationBuilder CreateBuilder(string service, string[] args, BusTransport defaultTransport = BusTransport.RabbitMq) =>
        CreateBuilder(service, args, defaultTransport, Surroundings.OfThisProcess());

    /// <summary>Answers <c>/healthz</c> (alive) and <c>/readyz</c> (can do its work), never on the edge. To be called first.</summary>
    public static void MapHealth(this WebApplication app) => HealthEndpoints.Map(app);

    internal static WebApplicationBuilder CreateBuilder(string service, string[] args, BusTransport defaultTransport, Surroundings surroundings)
    {
        var arguments = HostArguments.Parse(args);
        var paths = new MamboPaths(FullPath(arguments.Home ?? surroundings.Variable("MAMBO_HOME") ?? PlatformIdentity.ProductionHome));
        var faults = new List<ConfigurationFault>(arguments.Faults);
        var loaded = ConfigurationLoader.Load(ReadFile(paths, faults), surroundings.Environment, arguments.Settings);
        loaded.Options.Bus.Transport ??= defaultTransport;

        var secrets = new Secrets(paths, surroundings.Environment);
        var setup = new PlatformSetup(service, loaded.Options, paths, PlatformIdentity.Of(loaded.Options, paths), secrets);
        setup.Faults.AddRange([.. faults, .. loaded.Faults, .. secrets.CheckKept()]);

        // Nothing but mambo.yml and MAMBO_ variables configures a service: not ASPNETCORE_URLS of a base image, not an appsettings.json in the working directory.
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { ApplicationName = service, ContentRootPath = AppContext.BaseDirectory });
        ((IConfigurationBuilder)builder.Configuration).Sources.Clear();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.AddServerHeader = false);
        builder.Properties()[typeof(PlatformSetup)] = setup;
        AddSetup(builder.Services, setup);
        builder.AddLogs(setup, surroundings);
        builder.AddMetricsAndTraces(setup);
        builder.AddHealth(setup);
        builder.Host.UseServiceProviderFactory(new CheckedServiceProviderFactory(setup, surroundings));
        return builder;
    }

    private static IDictionary<object, object> Properties(this IHostApplicationBuilder builder) => builder.Properties;

    private static void AddSetup(IServiceCollection services, PlatformSetup setup)
    {
        services.AddSingleton(setup).AddSingleton(setup.Paths).AddSingleton(setup.Identity).AddSingleton(setup.Secrets).AddSingleton(TimeProvider.System);
        services.AddSingleton(setup.Options);
        foreach (var section in typeof(MamboOptions).GetProperties())
            services.AddSingleton(section.PropertyType, section.GetValue(setup.Options)!);
        services.AddSingleton<LocalHost>();
        services.AddHostedService<RunFile>();
    }

    private static string? ReadFile(MamboPaths paths, List<ConfigurationFault> faults)
    {
        try
        {
            Directory.CreateDirectory(paths.Home);
            return File.Exists(paths.ConfigurationFile) ? File.ReadAllText(paths.ConfigurationFile) : null;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            faults.Add(new ConfigurationFault("MAMBO_HOME", paths.Home, $"it cannot be used: {error.Message.TrimEnd('.')}", "Name a directory the service may write to."));
            return null;
        }
    }

    private static string FullPath(string home) => Path.TrimEndingDirectorySeparator(Path.GetFullPath(home));
}
