using Mambo.Deployer.Routes;
using Mambo.ServiceDefaults.Configuration;
using Mambo.ServiceDefaults.Hosts;

namespace Mambo.Deployer.Edge;

/// <summary>How people write the address of an app.</summary>
internal sealed class EdgeAddress(EdgeOptions options, IHostApplicationLifetime lifetime, IServiceProvider services)
{
    private const int UsualPort = 80;
    private const int UsualSecurePort = 443;

    /// <summary>One URL per route.</summary>
    public IReadOnlyList<Uri> UrlsOf(IReadOnlyList<AppRoute> routes) => Urls(routes, routes.Count == 0 ? UsualPort : Port());

    /// <summary>Ends when the port is known; one the system chooses is not before the listener has started, and a resumed rollout may be earlier.</summary>
    public async Task KnownAsync(CancellationToken cancellationToken)
    {
        if (Configured() is not null)
            return;
        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var registration = lifetime.ApplicationStarted.Register(() => started.TrySetResult());
        await started.Task.WaitAsync(cancellationToken);
    }

    internal static IReadOnlyList<Uri> Urls(IReadOnlyList<AppRoute> routes, int port) =>
        [.. routes.Select(route => new Uri(port == UsualSecurePort ? $"https://{route.Host}{route.PathPrefix}" : $"http://{route.Host}{(port == UsualPort ? "" : $":{port}")}{route.PathPrefix}")).Distinct()];

    private int Port() => Configured() ?? services.ListeningAt(Listeners.Edge).Port;

    /// <summary>In front of Traefik people use https, unless the options say another port.</summary>
    private int? Configured() => options switch
    {
        { PublicPort: { } known } => known,
        { Kind: EdgeKind.Traefik } => UsualSecurePort,
        _ => ListenAddress.Parse(options.Listen).Port is > 0 and var port ? port : null,
    };
}
