using Mambo.Contracts.Deployments;
using Mambo.Deployer.Releases;
using Mambo.ServiceDefaults.Bus;
using Mambo.ServiceDefaults.Names;
using Mambo.ServiceDefaults.Operations;

namespace Mambo.Deployer.Acceptance;

/// <summary>A command about an app as a whole, with what was left out filled in, and every fault found in it.</summary>
/// <param name="Id">The id it is told under.</param>
/// <param name="Command">Complete when there are no faults.</param>
/// <param name="Faults">Empty: as far as can be said without looking at the app's state, it can be accepted.</param>
internal sealed record AppRequest<TCommand>(Guid Id, TCommand Command, List<FieldError> Faults)
    where TCommand : AppCommand
{
    /// <summary>Reads a delivery, and looks whether the app is known.</summary>
    public static AppRequest<TCommand> Read(JournalTransaction transaction, Delivery<TCommand> delivery, string host)
    {
        var command = delivery.Command;
        var id = command.DeploymentId ?? (Guid.TryParse(delivery.MessageId, out var message) ? message : Guid.CreateVersion7(transaction.Now));
        var complete = command with
        {
            DeploymentId = id,
            Host = command.Host ?? host,
            RequestedBy = string.IsNullOrWhiteSpace(command.RequestedBy) ? DeploymentRequest.Door : command.RequestedBy,
            RequestedAt = command.RequestedAt ?? transaction.Now,
        };
        var faults = delivery.Faults.ToList();
        if (complete.Host != host)
            faults.Add(new FieldError("host", $"This is the host {host}, not {Quoted.Text(complete.Host)}. Send the command to the host that runs the app."));
        if (faults.All(fault => fault.Field != "app") && !AppName.TryParse(complete.App, out _, out var problem))
            faults.Add(new FieldError("app", problem));
        else if (faults.Count == 0 && !ReleaseLedger.IsKnown(transaction, complete.App!))
            faults.Add(new FieldError("app", $"{complete.App} is an unknown app: nothing of this name is deployed on the host {host}."));
        return new AppRequest<TCommand>(id, complete, faults);
    }

    /// <summary>Tells that it is rejected.</summary>
    public void Reject(JournalTransaction transaction, DeploymentKind kind) => transaction.Tell(
        Rejection.Of(Id, Command.App, Command.RequestedBy, $"The wish to {Words(kind)} was rejected", Faults, kind), messageId: $"{Id}:rejected", lane: Id.ToString());

    private static string Words(DeploymentKind kind) => $"{kind.ToString().ToLowerInvariant()} an app";
}
