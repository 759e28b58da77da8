using System.Collections.Concurrent;
using System.Collections.Frozen;

using Mambo.Deployer.Routes;

namespace Mambo.Deployer.Edge;

/// <summary>Which app and service a request is for. Never changed: a new release makes a new table, and requests see the one or the other.</summary>
internal sealed class RouteTable
{
    private readonly ConcurrentDictionary<(string App, string Service, int Slot), SlotTraffic> _traffic;
    private readonly FrozenDictionary<string, Serving> _apps;
    private readonly FrozenDictionary<string, EdgeRoute[]> _hosts;

    private RouteTable(Dictionary<string, Serving> apps, ConcurrentDictionary<(string App, string Service, int Slot), SlotTraffic> traffic)
    {
        _traffic = traffic;
        _apps = apps.ToFrozenDictionary(StringComparer.Ordinal);
        _hosts = apps.SelectMany(app => app.Value.Routes.Select(route => RouteOf(app.Key, app.Value, route)))
            .GroupBy(route => route.Route.Host)
            .ToFrozenDictionary(
                host => host.Key,
                host => host.OrderByDescending(route => route.Route.Priority).ThenByDescending(route => route.Route.PathPrefix.Length).ToArray(),
                StringComparer.OrdinalIgnoreCase);
    }

    /// <summary>Without apps, and with counters of its own; the tables made from it count on.</summary>
    public static RouteTable Empty() => new([], new());

    /// <summary>The counter of an app's service in a slot.</summary>
    public SlotTraffic TrafficOf(string app, string service, int slot) => _traffic.GetOrAdd((app, service, slot), _ => new SlotTraffic());

    /// <summary>The routes of an app; empty when it has none.</summary>
    public IReadOnlyList<AppRoute> Of(string app) => _apps.TryGetValue(app, out var serving) ? serving.Routes : [];

    /// <summary>With this for one app, in place of what it had. No routes: the app is not reached any more.</summary>
    public RouteTable With(string app, Serving serving)
    {
        var apps = new Dictionary<string, Serving>(_apps, StringComparer.Ordinal);
        apps.Remove(app);
        if (serving.Routes.Count > 0)
            apps[app] = serving;
        return new RouteTable(apps, _traffic);
    }

    /// <summary>The app, other than <paramref name="app"/>, that serves this host and prefix. Null: none.</summary>
    public string? OwnerOf(string address, string app) =>
        _apps.FirstOrDefault(other => other.Key != app && other.Value.Routes.Any(route => route.Address == address)).Key;

    /// <summary>The route of a request. Null: no app answers here.</summary>
    public EdgeRoute? Find(string host, string path)
    {
        if (!_hosts.TryGetValue(host, out var routes))
            return null;
        foreach (var route in routes)
        {
            if (path.StartsWith(route.Route.PathPrefix, StringComparison.Ordinal))
                return route;
        }

        return null;
    }

    private EdgeRoute RouteOf(string app, Serving serving, AppRoute route)
    {
        var slot = serving.SlotOf(route.Service);
        return new EdgeRoute(app, route, slot, TrafficOf(app, route.Service, slot), serving.IsStopped);
    }
}

/// <summary>A route, the app it belongs to, the slot whose containers answer, and whether they are stopped.</summary>
internal sealed record EdgeRoute(string App, AppRoute Route, int Slot, SlotTraffic Traffic, bool IsStopped);
