using Mambo.Deployer.Releases;

namespace Mambo.Deployer.Rollout;

/// <summary>What a rollout remembers from step to step.</summary>
internal sealed class RollOutState
{
    /// <summary>The release it makes. Null: not yet known.</summary>
    public Release? Release { get; set; }

    /// <summary>The release that served before, and serves again when this one fails. Null: none.</summary>
    public Release? Previous { get; set; }

    /// <summary>Image per service as the compose file and the command say.</summary>
    public Dictionary<string, string> Images { get; set; } = [];

    /// <summary>Services whose compose file declares no health check.</summary>
    public List<string> Unchecked { get; set; } = [];

    /// <summary>What a person should look at.</summary>
    public List<string> Warnings { get; set; } = [];
}
