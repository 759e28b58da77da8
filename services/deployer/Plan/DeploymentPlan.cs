namespace Mambo.Deployer.Plan;

/// <summary>What a deployment does to each service of an app.</summary>
/// <param name="WholeProject">Everything is made in one go: there was no release before, or networks or volumes have changed, which no container survives.</param>
/// <param name="Services">The services, those others wait for first.</param>
/// <param name="Warnings">What a person should know.</param>
internal sealed record DeploymentPlan(bool WholeProject, IReadOnlyList<PlannedService> Services, IReadOnlyList<string> Warnings);

/// <summary>What happens to one service.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Change">In a word.</param>
/// <param name="Why">In a sentence, for a person.</param>
/// <param name="Replicas">How many containers it has.</param>
internal sealed record PlannedService(string Name, ServiceChange Change, string Why, int Replicas);

/// <summary>What happens to a service.</summary>
internal enum ServiceChange
{
    /// <summary>Its containers go on.</summary>
    Untouched,

    /// <summary>New containers start beside the old ones, take over, and the old ones go.</summary>
    Rolled,

    /// <summary>The old containers stop before the new ones start.</summary>
    Recreated,

    /// <summary>It runs once, to its end, before the release.</summary>
    Job,

    /// <summary>The release before did not have it.</summary>
    Added,

    /// <summary>The release does not have it any more.</summary>
    Removed,
}
