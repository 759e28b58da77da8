using Mambo.Contracts.Deployments;
using Mambo.Deployer.Locks;
using Mambo.Deployer.Previews;
using Mambo.Deployer.Releases;
using Mambo.Deployer.Rollout;
using Mambo.ServiceDefaults.Bus;
using Mambo.ServiceDefaults.Operations;


namespace Mambo.Deployer.Acceptance;

/// <summary>Puts a wanted deployment into the journal, or tells why it cannot be; in one transaction, so that it happens once.</summary>
internal sealed partial class DeployAppHandler(
    [FromKeyedServices(DeployerRegistrations.Service)] Journal journal, RollOut rollOut, PreviewExpiry previews, ILogger<DeployAppHandler> logger) : ICommandHandler<DeployApp>
{
    public async Task HandleAsync(Delivery<DeployApp> delivery, CancellationToken cancellationToken)
    {
        await journal.WriteAsync(transaction => Accept(transaction, delivery), cancellationToken);
        if (delivery.Command.Preview is not null)
            previews.Wake();
    }

    private void Accept(JournalTransaction transaction, Delivery<DeployApp> delivery)
    {
        if (!transaction.Receive(delivery, DeployerRegistrations.Service))
            return;
        var (id, command, faults) = DeploymentRequest.Read(delivery, journal.Host, transaction.Now);
        if (faults.Count == 0 && command.Bundle is null && !ReleaseLedger.IsKnown(transaction, command.App!))
            faults = [new FieldError("app", $"{command.App} is an unknown app: it has no release whose bundle could be used. Deploy it with a bundle first.")];
        if (faults.Count == 0)
            faults = PreviewLease.Against(transaction, command);
        if (faults.Count == 0)
            faults = AppLock.Against(transaction, id, command.App!);
        if (faults.Count == 0)
        {
            if (transaction.Enqueue(rollOut, command, id, command.RequestedBy))
            {
                Generations.Order(transaction, id, command);
                PreviewLease.Renew(transaction, command);
            }
            else
            {
                LogRepeat(logger, id);
            }

            return;
        }

        // The same wish may come again under another message id; it is still one deployment.
        if (transaction.Receive(delivery with { MessageId = id.ToString() }, $"{DeployerRegistrations.Service}:rejected"))
            transaction.Tell(Rejection.Of(id, command.App, command.RequestedBy, "The deployment was rejected", faults), messageId: $"{id}:rejected", lane: id.ToString());
    }

    [LoggerMessage(60, LogLevel.Information, "The deployment {Id} was accepted before; the repeat changes nothing")]
    private static partial void LogRepeat(ILogger logger, Guid id);
}
