using System.Diagnostics;
using System.Text.Json;

using Mambo.AlertRelay.Delivery;
using Mambo.Contracts;
using Mambo.ServiceDefaults.Bus;
using Mambo.ServiceDefaults.Configuration;
using Mambo.ServiceDefaults.Operations;

namespace Mambo.AlertRelay.Notifications;

/// <summary>Turns events into notifications that wait for delivery. Without a topic events are taken and nothing is kept of them.</summary>
internal sealed class PlatformEventHandler(
    [FromKeyedServices(AlertRelayRegistrations.Service)] Journal journal, AlertOptions options, Deliverer deliverer) : IEventHandler
{
    public async Task HandleAsync(EventDelivery delivery, CancellationToken cancellationToken)
    {
        if (options.Topic is null)
            return;

        var happened = Read(delivery);
        var notification = NotificationText.Of(happened);
        // Not inside the transaction: the journal's writer has no trace of its own.
        var traceParent = Activity.Current?.Id;
        await journal.WriteAsync(
            transaction =>
            {
                if (transaction.Receive(delivery, AlertRelayRegistrations.Service))
                    DeliveryQueue.Add(transaction, happened, notification, traceParent);
            },
            cancellationToken);
        deliverer.Wake();
    }

    private static PlatformEvent Read(EventDelivery delivery)
    {
        var type = WireNames.Find(delivery.Type) ?? throw new InvalidOperationException($"This version knows no event {delivery.Type}.");
        return (PlatformEvent)(JsonSerializer.Deserialize(delivery.Body, type, WireJson.Options) ?? throw new JsonException($"The body of {delivery.Type} is null."));
    }
}
