using Mambo.Deployer.Releases;
using Mambo.Deployer.Routes;

namespace Mambo.Deployer.Edge;

/// <summary>What an edge brings requests to for one app.</summary>
/// <param name="Release">The number of the release that answers.</param>
/// <param name="Routes">Its routes. Empty: the app is reached by nobody.</param>
/// <param name="Slots">Per service the release whose containers run it: the number they carry as a label.</param>
/// <param name="Services">The routed services with their labels.</param>
internal sealed record Serving(int Release, IReadOnlyList<AppRoute> Routes, IReadOnlyDictionary<string, int> Slots, IReadOnlyList<RoutedService> Services)
{
    public static Serving Nothing { get; } = new(0, [], new Dictionary<string, int>(), []);

    public static Serving Of(Release? release) => release is null ? Nothing : new(release.Number, release.Content.Routes, release.Content.Slots, release.Content.Routed);

    /// <summary>The slot a service runs in; 0 when it was never told.</summary>
    public int SlotOf(string service) => Slots.GetValueOrDefault(service);
}
