using Mambo.Deployer.Compose;
using Mambo.Deployer.Plan;
using Mambo.Deployer.Releases;

namespace Mambo.Deployer.Rollout;

/// <summary>What a rollout remembers from step to step.</summary>
internal sealed class RollOutState
{
    /// <summary>When its first step began; the deadline of the whole counts from here.</summary>
    public DateTimeOffset? BegunAt { get; set; }

    /// <summary>The release it brings. Null: not yet known.</summary>
    public Release? Release { get; set; }

    /// <summary>The slot of new containers, where it is not the release's number: a restart makes containers beside those of the same release.</summary>
    public int? Slot { get; set; }

    /// <summary>The release that served before, and serves again when this one fails. Null: none.</summary>
    public Release? Previous { get; set; }

    /// <summary>What compose makes of the release.</summary>
    public ComposeModel Model { get; set; } = new([]);

    /// <summary>What happens to each service. Null: not yet known.</summary>
    public DeploymentPlan? Plan { get; set; }

    /// <summary>When the edge took its routes. Null: it has not.</summary>
    public DateTimeOffset? ServingSince { get; set; }

    /// <summary>Whether every request to the previous release has ended.</summary>
    public bool Drained { get; set; }

    /// <summary>What a person should look at.</summary>
    public List<string> Warnings { get; set; } = [];

    /// <summary>Names of the services that change in one of these ways.</summary>
    public HashSet<string> Those(params ReadOnlySpan<ServiceChange> changes)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var service in Plan?.Services ?? [])
        {
            if (changes.Contains(service.Change))
                names.Add(service.Name);
        }

        return names;
    }

    /// <summary>Slots of the release whose containers this rollout makes.</summary>
    public Dictionary<string, int> NewSlots() => Changed(Release, Previous);

    /// <summary>Slots of the previous release whose containers it replaces.</summary>
    public Dictionary<string, int> OldSlots() => Changed(Previous, Release);

    private static Dictionary<string, int> Changed(Release? of, Release? against) => (of?.Content.Slots ?? new Dictionary<string, int>())
        .Where(slot => against?.Content.Slots.GetValueOrDefault(slot.Key) != slot.Value).ToDictionary(slot => slot.Key, slot => slot.Value);
}
