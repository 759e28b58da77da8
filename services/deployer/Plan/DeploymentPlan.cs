using Mambo.Deployer.Compose;
using Mambo.Deployer.Releases;

namespace Mambo.Deployer.Plan;

/// <summary>What a deployment does to each service.</summary>
/// <param name="WholeProject">Nothing can stay: there is no release before it, or the networks changed. Everything is made in one go.</param>
/// <param name="Services">In the order of their dependencies; those that go last.</param>
/// <param name="Warnings">What a person should know.</param>
internal sealed record DeploymentPlan(bool WholeProject, IReadOnlyList<PlannedService> Services, IReadOnlyList<string> Warnings)
{
    /// <summary>Nothing is started, stopped or run.</summary>
    public bool ChangesNothing => Services.All(service => service.Change == ServiceChange.Untouched);

    /// <summary>The services with this change, in order.</summary>
    public IEnumerable<PlannedService> With(ServiceChange change) => Services.Where(service => service.Change == change);
}

/// <summary>What happens to one service.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Change">What happens.</param>
/// <param name="Why">A sentence for people.</param>
/// <param name="Replicas">How many containers it has afterwards.</param>
internal sealed record PlannedService(string Name, ServiceChange Change, string Why, int Replicas);

/// <summary>What can happen to a service.</summary>
internal enum ServiceChange
{
    /// <summary>Its containers stay as they are.</summary>
    Untouched,

    /// <summary>New containers start beside the old ones, which go once the new ones serve.</summary>
    Rolled,

    /// <summary>The old containers stop before the new ones start: it is down in between.</summary>
    Recreated,

    /// <summary>It runs once, to its end, before what waits for it.</summary>
    Job,

    /// <summary>The release before has it and this one has not.</summary>
    Removed,

    /// <summary>It is new.</summary>
    Added,
}

/// <summary>The release that serves now, as far as a plan looks at it.</summary>
/// <param name="Content">What the ledger remembers.</param>
/// <param name="Running">Services all of whose containers run now.</param>
internal sealed record ServingRelease(ReleaseContent Content, IReadOnlySet<string> Running);

/// <summary>The release that is wanted.</summary>
/// <param name="Content">With the digests of its services and networks.</param>
/// <param name="Model">Its compose file, with the images that replace its own.</param>
/// <param name="Bundle">The folder of its unpacked bundle.</param>
internal sealed record WantedRelease(ReleaseContent Content, ComposeModel Model, string Bundle)
{
    /// <summary>Per service, paths the image itself declares as volumes. A database without a volume in its compose file keeps its data in one.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<string>> ImageVolumes { get; init; } = new Dictionary<string, IReadOnlyList<string>>();
}
