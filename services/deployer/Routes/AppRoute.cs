namespace Mambo.Deployer.Routes;

/// <summary>Requests for one host and path prefix go to one service of an app.</summary>
/// <param name="Host">Lower-case DNS name or IPv4 address, without port.</param>
/// <param name="PathPrefix">Beginning of the path, compared letter by letter as Traefik does; <c>/</c> is every path.</param>
/// <param name="Service">The compose service that answers.</param>
/// <param name="Port">The port it listens on. Null: the one the image exposes, known once the image is here.</param>
/// <param name="Priority">The higher is asked first. Unless labelled: the length of the rule, as in Traefik.</param>
/// <param name="HealthPath">Path that must answer 2xx or 3xx before the route is taken. Null: <c>/</c> must answer below 500.</param>
internal sealed record AppRoute(string Host, string PathPrefix, string Service, int? Port, int Priority, string? HealthPath)
{
    /// <summary>Host and prefix; no two routes of the machine may have the same.</summary>
    public string Address => PathPrefix == "/" ? Host : Host + PathPrefix;
}
