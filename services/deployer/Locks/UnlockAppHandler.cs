using Mambo.Contracts.Deployments;
using Mambo.Deployer.Acceptance;
using Mambo.ServiceDefaults.Bus;
using Mambo.ServiceDefaults.Operations;

namespace Mambo.Deployer.Locks;

/// <summary>Takes the lock off an app. One that is not locked is told to be unlocked all the same: its lease may just have ended.</summary>
internal sealed class UnlockAppHandler([FromKeyedServices(DeployerRegistrations.Service)] Journal journal) : ICommandHandler<UnlockApp>
{
    public Task HandleAsync(Delivery<UnlockApp> delivery, CancellationToken cancellationToken) =>
        journal.WriteAsync(transaction => Unlock(transaction, delivery), cancellationToken);

    private void Unlock(JournalTransaction transaction, Delivery<UnlockApp> delivery)
    {
        if (!transaction.Receive(delivery, DeployerRegistrations.Service))
            return;
        var request = AppRequest<UnlockApp>.Read(transaction, delivery, journal.Host);
        if (request.Faults.Count > 0)
        {
            request.Reject(transaction, DeploymentKind.Unlock);
            return;
        }

        var app = request.Command.App!;
        var held = AppLock.Of(transaction, app);
        AppLock.Forget(transaction, app);
        transaction.Tell(
            new AppUnlocked { DeploymentId = request.Id, App = app, Reason = held?.Reason, RequestedBy = request.Command.RequestedBy }, messageId: $"{request.Id}:ended", lane: request.Id.ToString());
    }
}
