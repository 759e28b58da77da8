using Mambo.Deployer.Routes;
using Mambo.ServiceDefaults.Configuration;
using Mambo.ServiceDefaults.Hosts;

namespace Mambo.Deployer.Edge;

/// <summary>How people write the address of an app.</summary>
internal sealed class EdgeAddress(EdgeOptions options, IServiceProvider services)
{
    private const int UsualPort = 80;

    /// <summary>One URL per route.</summary>
    public IReadOnlyList<Uri> UrlsOf(IReadOnlyList<AppRoute> routes) => Urls(routes, routes.Count == 0 ? UsualPort : Port());

    internal static IReadOnlyList<Uri> Urls(IReadOnlyList<AppRoute> routes, int port) =>
        [.. routes.Select(route => new Uri($"http://{route.Host}{(port == UsualPort ? "" : $":{port}")}{route.PathPrefix}")).Distinct()];

    private int Port()
    {
        if (options.PublicPort is { } known)
            return known;
        var port = ListenAddress.Parse(options.Listen).Port;
        return port != 0 ? port : services.ListeningAt(Listeners.Edge).Port;
    }
}
