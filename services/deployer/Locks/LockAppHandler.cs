using Mambo.Contracts.Deployments;
using Mambo.Deployer.Acceptance;
using Mambo.ServiceDefaults.Bus;
using Mambo.ServiceDefaults.Operations;

namespace Mambo.Deployer.Locks;

/// <summary>Locks an app, or tells why it cannot be. What was accepted before goes on.</summary>
internal sealed class LockAppHandler([FromKeyedServices(DeployerRegistrations.Service)] Journal journal) : ICommandHandler<LockApp>
{
    private const int LongestReason = 500;

    public Task HandleAsync(Delivery<LockApp> delivery, CancellationToken cancellationToken) =>
        journal.WriteAsync(transaction => Lock(transaction, delivery), cancellationToken);

    private void Lock(JournalTransaction transaction, Delivery<LockApp> delivery)
    {
        if (!transaction.Receive(delivery, DeployerRegistrations.Service))
            return;
        var request = AppRequest<LockApp>.Read(transaction, delivery, journal.Host);
        var (id, command, faults) = request;
        faults.AddRange(Check(command, transaction.Now).Where(fault => faults.All(known => known.Field != fault.Field)));
        if (faults.Count > 0)
        {
            request.Reject(transaction, DeploymentKind.Lock);
            return;
        }

        var made = new AppLock
        {
            App = command.App!,
            Reason = command.Reason!.Trim(),
            LockedBy = command.RequestedBy!,
            LockedAt = transaction.Now,
            EndsAt = command.EndsAt ?? transaction.Now + AppLock.Usual,
        };
        made.Save(transaction);
        transaction.Tell(
            new AppLocked { DeploymentId = id, App = made.App, Reason = made.Reason, EndsAt = made.EndsAt, RequestedBy = made.LockedBy }, messageId: $"{id}:ended", lane: id.ToString());
    }

    private static IEnumerable<FieldError> Check(LockApp command, DateTimeOffset now)
    {
        if (string.IsNullOrWhiteSpace(command.Reason))
            yield return new FieldError("reason", "It is missing. Say why, for those whose deployments are rejected.");
        else if (command.Reason.Length > LongestReason || command.Reason.Any(char.IsControl))
            yield return new FieldError("reason", $"Write at most {LongestReason} characters on one line.");
        if (command.EndsAt <= now)
            yield return new FieldError("endsAt", "It has passed. Write a time ahead, or leave it out for 24 hours.");
        else if (command.EndsAt > now + AppLock.Longest)
            yield return new FieldError("endsAt", $"It is more than {AppLock.Longest.Days} days ahead. A lock is for a while: write a nearer time, and lock again when it ends.");
    }
}
