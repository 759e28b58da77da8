using Mambo.AlertRelay.Delivery;
using Mambo.AlertRelay.Notifications;
using Mambo.AlertRelay.Ntfy;
using Mambo.ServiceDefaults.Bus;
using Mambo.ServiceDefaults.Configuration;
using Mambo.ServiceDefaults.Operations;

namespace Mambo.AlertRelay;

/// <summary>What a host calls to have this service.</summary>
public static class AlertRelayRegistrations
{
    internal const string Service = "alert-relay";

    /// <summary>Adds the service.</summary>
    public static IHostApplicationBuilder AddAlertRelay(this IHostApplicationBuilder builder)
    {
        if (builder.Setup().Options.Alerts.Server is { PathAndQuery: not "/" } server)
        {
            builder.AddFault(new ConfigurationFault(
                "alerts.server", null, $"{server} is more than the address of a server", $"Write {server.GetLeftPart(UriPartial.Authority)}, and the topic into alerts.topic."));
        }

        builder.UseSecret("ntfy-token");
        builder.Services.AddJournal(Service, typeof(AlertRelayRegistrations).Assembly);
        builder.Services.AddSingleton(provider =>
        {
            var queue = new DeliveryQueue(provider.GetRequiredKeyedService<Journal>(Service));
            DeliveryMetrics.Watch(queue);
            return queue;
        });
        builder.Services.AddSingleton<NtfyClient>().AddSingleton<Deliverer>();
        builder.Services.AddHostedService(provider => provider.GetRequiredService<Deliverer>());
        builder.Services.AddEventHandler<PlatformEventHandler>(Service, NotificationText.Events);
        return builder;
    }

    /// <summary>Maps what the service answers over HTTP: nothing of its own.</summary>
    public static WebApplication MapAlertRelay(this WebApplication app) => app;
}
