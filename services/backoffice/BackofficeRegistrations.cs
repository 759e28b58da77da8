using Mambo.Backoffice.Apps;
using Mambo.Backoffice.Bundles;
using Mambo.Backoffice.Ci;
using Mambo.Backoffice.Dashboard;
using Mambo.Backoffice.Deployments;
using Mambo.Backoffice.Http;
using Mambo.Backoffice.Timeline;
using Mambo.Backoffice.Tokens;
using Mambo.Contracts;
using Mambo.ServiceDefaults.Bus;
using Mambo.ServiceDefaults.Configuration;
using Mambo.ServiceDefaults.Hosts;
using Mambo.ServiceDefaults.Operations;

namespace Mambo.Backoffice;

/// <summary>What a host calls to have this service.</summary>
public static class BackofficeRegistrations
{
    internal const string Service = "backoffice";

    /// <summary>Adds the service: its door at <c>api.listen</c>, its timeline of every event. Needs the secret <c>api-tokens</c>.</summary>
    public static IHostApplicationBuilder AddBackoffice(this IHostApplicationBuilder builder)
    {
        var services = builder.Services;
        services.AddSingleton(builder.ReadTokens()).AddSingleton<ScopedTokens>().AddSingleton<ApiTokenTable>().AddSingleton<RateLimits>();
        foreach (var fault in CiSettings.Faults(builder.Setup().Options.Ci))
            builder.AddFault(fault);
        services.AddSingleton<KeyTable>().AddSingleton<KeyFetch>().AddSingleton<IssuerKeys>().AddSingleton<TokenVerifier>().AddSingleton<CiDesk>();
        builder.Listen(Listeners.Api, builder.Setup().Options.Api.Listen);
        services.AddJournal(Service, typeof(BackofficeRegistrations).Assembly);
        services.AddSingleton<BundleStore>().AddHostedService(provider => provider.GetRequiredService<BundleStore>());
        services.AddSingleton<DeploymentTable>().AddSingleton<DeploymentDesk>().AddSingleton<AppTable>();
        services.AddSingleton<EventTable>().AddSingleton<TimelineSignal>().AddSingleton<EventStream>();
        services.AddEventHandler<TimelineRecorder>("timeline", WireNames.Events);
        services.AddSingleton<DashboardFiles>();
        ApiDescription.Add(services);
        return builder;
    }

    /// <summary>Maps what the service answers over HTTP.</summary>
    public static WebApplication MapBackoffice(this WebApplication app)
    {
        Door.Map(app);
        return app;
    }

    private static ApiTokens ReadTokens(this IHostApplicationBuilder builder)
    {
        builder.RequireSecret(ApiTokens.Secret);
        if (Read(builder.Setup().Secrets) is not { } text)
            return ApiTokens.None;
        var faults = new List<ConfigurationFault>();
        var tokens = ApiTokens.Parse(text, faults);
        foreach (var fault in faults)
            builder.AddFault(fault);
        return tokens;
    }

    private static string? Read(Secrets secrets)
    {
        try
        {
            return secrets.Find(ApiTokens.Secret)?.Reveal();
        }
        catch (InvalidOperationException)
        {
            // RequireSecret has reported why, and the process will not start.
            return null;
        }
    }
}
