using Mambo.Deployer.Compose;
using Mambo.Deployer.Routes;

namespace Mambo.Deployer.Edge;

/// <summary>Brings requests to the apps. An app's routes change as a whole and at once.</summary>
internal interface IEdge
{
    /// <summary>The routes an app declares, with everything this edge cannot serve as a fault.</summary>
    AppRoutes RoutesOf(ComposeModel model);

    /// <summary>The app, other than <paramref name="app"/>, that serves this host and prefix. Null: none.</summary>
    string? OwnerOf(string address, string app);

    /// <summary>Sends new requests where <paramref name="serving"/> says, and returns once that is so. Requests under way end where they are.</summary>
    /// <exception cref="RouteTakenException">Another app serves one of the routes; nothing is changed.</exception>
    /// <exception cref="RouteFailedException">The edge did not take it.</exception>
    Task ServeAsync(string app, Serving serving, CancellationToken cancellationToken);

    /// <summary>Ends when no request is under way to these containers any more, or after <paramref name="longest"/>.</summary>
    /// <returns>Whether all requests ended.</returns>
    Task<bool> DrainAsync(string app, IReadOnlyDictionary<string, int> slots, TimeSpan longest, CancellationToken cancellationToken);

    /// <summary>How the routed services of these slots answered since the process began. Null: this edge does not count.</summary>
    TrafficCount? Traffic(string app, IReadOnlyDictionary<string, int> slots);
}

/// <summary>Two apps want the same host and path.</summary>
internal sealed class RouteTakenException(string message) : Exception(message);

/// <summary>The edge did not take an app's routes; the message says why.</summary>
internal sealed class RouteFailedException(string message) : Exception(message);
