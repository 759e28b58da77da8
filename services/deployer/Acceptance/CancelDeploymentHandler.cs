using Mambo.Contracts.Deployments;
using Mambo.ServiceDefaults.Bus;
using Mambo.ServiceDefaults.Operations;


namespace Mambo.Deployer.Acceptance;

/// <summary>Stops a deployment that has not ended. A wish that names none is answered under an id of its own, since the one it names may be another host's.</summary>
internal sealed partial class CancelDeploymentHandler(
    [FromKeyedServices(DeployerRegistrations.Service)] Journal journal, ILogger<CancelDeploymentHandler> logger) : ICommandHandler<CancelDeployment>
{
    public Task HandleAsync(Delivery<CancelDeployment> delivery, CancellationToken cancellationToken) =>
        journal.WriteAsync(transaction => Cancel(transaction, delivery), cancellationToken);

    private void Cancel(JournalTransaction transaction, Delivery<CancelDeployment> delivery)
    {
        if (!transaction.Receive(delivery, $"{DeployerRegistrations.Service}:cancel"))
            return;
        var command = delivery.Command;
        var by = string.IsNullOrWhiteSpace(command.RequestedBy) ? DeploymentRequest.Door : command.RequestedBy;
        var faults = new List<FieldError>(delivery.Faults);
        if (command.DeploymentId is null && faults.All(fault => fault.Field != "deploymentId"))
            faults.Add(new FieldError("deploymentId", "It is missing. Name the deployment to stop."));
        if (command.Host is { } host && host != journal.Host)
            faults.Add(new FieldError("host", $"This is the host {journal.Host}. Send the command to the host that runs the deployment."));
        if (faults.Count == 0)
        {
            var outcome = transaction.RequestCancel(command.DeploymentId!.Value, command.Reason, by);
            LogOutcome(logger, command.DeploymentId.Value, by, outcome);
            if (outcome != CancelOutcome.NotFound)
                return;
            faults.Add(new FieldError("deploymentId", $"There is no deployment {command.DeploymentId} on the host {journal.Host}."));
        }

        var id = Guid.TryParse(delivery.MessageId, out var message) ? message : Guid.CreateVersion7(transaction.Now);
        transaction.Tell(Rejection.Of(id, app: null, by, "The wish to cancel a deployment was rejected", faults), messageId: $"{id}:rejected", lane: id.ToString());
    }

    [LoggerMessage(61, LogLevel.Information, "{By} asked to cancel the deployment {Id}: {Outcome}")]
    private static partial void LogOutcome(ILogger logger, Guid id, string by, CancelOutcome outcome);
}
