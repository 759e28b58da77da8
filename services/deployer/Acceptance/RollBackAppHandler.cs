using Mambo.Contracts.Deployments;
using Mambo.Deployer.Locks;
using Mambo.Deployer.Releases;
using Mambo.Deployer.Rollout;
using Mambo.ServiceDefaults.Bus;
using Mambo.ServiceDefaults.Names;
using Mambo.ServiceDefaults.Operations;

namespace Mambo.Deployer.Acceptance;

/// <summary>Puts a wish to go back into the journal, or tells why it cannot be; in one transaction, so that it happens once.</summary>
internal sealed class RollBackAppHandler([FromKeyedServices(DeployerRegistrations.Service)] Journal journal, RollBack rollBack) : ICommandHandler<RollBackApp>
{
    public Task HandleAsync(Delivery<RollBackApp> delivery, CancellationToken cancellationToken) =>
        journal.WriteAsync(transaction => Accept(transaction, delivery), cancellationToken);

    private void Accept(JournalTransaction transaction, Delivery<RollBackApp> delivery)
    {
        if (!transaction.Receive(delivery, DeployerRegistrations.Service))
            return;
        var command = delivery.Command;
        var id = command.DeploymentId ?? (Guid.TryParse(delivery.MessageId, out var message) ? message : Guid.CreateVersion7(transaction.Now));
        var by = string.IsNullOrWhiteSpace(command.RequestedBy) ? DeploymentRequest.Door : command.RequestedBy;
        var faults = delivery.Faults.ToList();
        if (faults.All(fault => fault.Field != "app") && !AppName.TryParse(command.App, out _, out var problem))
            faults.Add(new FieldError("app", problem));
        if (command.ToRelease < 1)
            faults.Add(new FieldError("toRelease", "Releases are counted from 1. Name the one to go back to, or none for the one before."));
        if (command.Host is { } host && host != journal.Host)
            faults.Add(new FieldError("host", $"This is the host {journal.Host}, not {Quoted.Text(host)}. Send the command to the queue roll-back-app.<host> of the host that runs the app."));
        if (faults.Count == 0 && !ReleaseLedger.IsKnown(transaction, command.App!))
            faults.Add(new FieldError("app", $"{command.App} is an unknown app: it has no release to go back to."));
        if (faults.Count == 0)
            faults.AddRange(AppLock.Against(transaction, id, command.App!));
        if (faults.Count == 0)
            transaction.Enqueue(rollBack, command with { DeploymentId = id, Host = journal.Host, RequestedBy = by, RequestedAt = command.RequestedAt ?? transaction.Now }, id, by);
        else
            transaction.Tell(Rejection.Of(id, command.App, by, "The rollback was rejected", faults, DeploymentKind.RollBack), messageId: $"{id}:rejected", lane: id.ToString());
    }
}
