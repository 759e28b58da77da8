using System.Collections.Frozen;

using Mambo.Deployer.Routes;

namespace Mambo.Deployer.Edge;

/// <summary>Which app and service a request is for. Never changed: a new release makes a new table, and requests see the one or the other.</summary>
internal sealed class RouteTable
{
    public static readonly RouteTable Empty = new(new Dictionary<string, IReadOnlyList<AppRoute>>());

    private readonly FrozenDictionary<string, IReadOnlyList<AppRoute>> _apps;
    private readonly FrozenDictionary<string, EdgeRoute[]> _hosts;

    private RouteTable(IReadOnlyDictionary<string, IReadOnlyList<AppRoute>> apps)
    {
        _apps = apps.ToFrozenDictionary(StringComparer.Ordinal);
        _hosts = apps.SelectMany(app => app.Value.Select(route => new EdgeRoute(app.Key, route)))
            .GroupBy(route => route.Route.Host)
            .ToFrozenDictionary(
                host => host.Key,
                host => host.OrderByDescending(route => route.Route.Priority).ThenByDescending(route => route.Route.PathPrefix.Length).ToArray(),
                StringComparer.OrdinalIgnoreCase);
    }

    /// <summary>The routes of an app; empty when it has none.</summary>
    public IReadOnlyList<AppRoute> Of(string app) => _apps.TryGetValue(app, out var routes) ? routes : [];

    /// <summary>With these routes for one app, in place of those it had. No routes: the app is not reached any more.</summary>
    public RouteTable With(string app, IReadOnlyList<AppRoute> routes)
    {
        var apps = new Dictionary<string, IReadOnlyList<AppRoute>>(_apps, StringComparer.Ordinal);
        apps.Remove(app);
        if (routes.Count > 0)
            apps[app] = routes;
        return new RouteTable(apps);
    }

    /// <summary>The app, other than <paramref name="app"/>, that serves this host and prefix. Null: none.</summary>
    public string? OwnerOf(string address, string app) =>
        _apps.FirstOrDefault(other => other.Key != app && other.Value.Any(route => route.Address == address)).Key;

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
}

/// <summary>A route and the app it belongs to.</summary>
internal sealed record EdgeRoute(string App, AppRoute Route);
