using Mambo.Contracts.Deployments;
using Mambo.Deployer.Rollout;
using Mambo.ServiceDefaults.Configuration;

namespace Mambo.Deployer.Lifecycle;

/// <summary>What starting, stopping, restarting and removing an app have in common: they work on the release it has.</summary>
internal abstract class AppOperation<TCommand>(RolloutParts parts, DeployerOptions options, TimeProvider time) : DeploymentOperation<TCommand>(parts, options, time)
    where TCommand : AppCommand
{
    public override string Subject(TCommand command) => command.App!;

    /// <summary>Its containers are stopped by their own signals, one after the other, and each has its grace.</summary>
    protected TimeSpan StopDeadline => (2 * Options.StartDeadline) + Allowance;
}
