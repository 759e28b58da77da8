using Mambo.Contracts.Deployments;
using Mambo.Deployer.Acceptance;
using Mambo.Deployer.Locks;
using Mambo.Deployer.Rollout;
using Mambo.ServiceDefaults.Bus;
using Mambo.ServiceDefaults.Operations;

namespace Mambo.Deployer.Lifecycle;

/// <summary>Puts the wish to start, stop, restart or remove an app into the journal, or tells why it cannot be. Only its removal is held up by a lock.</summary>
internal sealed class AppCommandHandler<TCommand, TOperation>([FromKeyedServices(DeployerRegistrations.Service)] Journal journal, TOperation operation) : ICommandHandler<TCommand>
    where TCommand : AppCommand
    where TOperation : DeploymentOperation<TCommand>
{
    public Task HandleAsync(Delivery<TCommand> delivery, CancellationToken cancellationToken) =>
        journal.WriteAsync(transaction => Accept(transaction, delivery), cancellationToken);

    private void Accept(JournalTransaction transaction, Delivery<TCommand> delivery)
    {
        if (!transaction.Receive(delivery, DeployerRegistrations.Service))
            return;
        var request = AppRequest<TCommand>.Read(transaction, delivery, journal.Host);
        if (request.Faults.Count == 0 && operation.Change == DeploymentKind.Remove)
            request.Faults.AddRange(AppLock.Against(transaction, request.Id, request.Command.App!));
        if (request.Faults.Count > 0)
            request.Reject(transaction, operation.Change);
        else
            transaction.Enqueue(operation, request.Command, request.Id, request.Command.RequestedBy);
    }
}
