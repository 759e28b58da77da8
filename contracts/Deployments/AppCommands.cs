namespace Mambo.Contracts.Deployments;

/// <summary>What every command about an app as a whole names.</summary>
public abstract record AppCommand : Command
{
    /// <summary>The id its answer is told under, as that of a deployment. Unset: as for <see cref="DeployApp.DeploymentId"/>.</summary>
    public Guid? DeploymentId { get; init; }

    /// <summary>The app's name.</summary>
    public string? App { get; init; }

    /// <summary>The host that runs the app. Unset: the host whose queue the message reached.</summary>
    public string? Host { get; init; }
}

/// <summary>Starts an app that was stopped, with the release it had.</summary>
[WireName("start-app")]
public sealed record StartApp : AppCommand;

/// <summary>Stops an app: the edge says so, and its containers stay stopped until it is started or deployed. Its data stays.</summary>
[WireName("stop-app")]
public sealed record StopApp : AppCommand;

/// <summary>Makes the containers of an app anew from the release it runs, beside the old ones where a service can run twice at once.</summary>
[WireName("restart-app")]
public sealed record RestartApp : AppCommand;

/// <summary>Removes an app from its host: routes, containers, networks and files.</summary>
[WireName("remove-app")]
public sealed record RemoveApp : AppCommand
{
    /// <summary>Whether its volumes go too, and with them its data, for good. Unset: they stay.</summary>
    public bool? Volumes { get; init; }
}

/// <summary>Locks an app: deployments, rollbacks and its removal are rejected until it is unlocked or the lease ends. Replaces a lock it has.</summary>
[WireName("lock-app")]
public sealed record LockApp : AppCommand
{
    /// <summary>Why, for those who are rejected. Required.</summary>
    public string? Reason { get; init; }

    /// <summary>When it ends by itself, at most 30 days ahead. Unset: 24 hours after acceptance.</summary>
    public DateTimeOffset? EndsAt { get; init; }
}

/// <summary>Takes the lock off an app. One that is not locked stays so.</summary>
[WireName("unlock-app")]
public sealed record UnlockApp : AppCommand;
