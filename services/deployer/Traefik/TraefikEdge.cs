using System.Threading.Channels;

using Mambo.Deployer.Compose;
using Mambo.Deployer.Edge;
using Mambo.Deployer.Engine;
using Mambo.Deployer.Releases;
using Mambo.Deployer.Routes;
using Mambo.ServiceDefaults.Configuration;

namespace Mambo.Deployer.Traefik;

/// <summary>
/// Traefik as the edge: an app's labels and the addresses of its containers become one file, and an app is switched once Traefik uses it. The file follows the containers:
/// one that comes back at another address is written down at once. Traefik itself never sees Docker.
/// </summary>
internal sealed partial class TraefikEdge(
    TraefikFiles files, TraefikApi api, ContainerWatch containers, PlatformIdentity platform, TraefikOptions options, TimeProvider time, ILogger<TraefikEdge> logger) : BackgroundService, IEdge
{
    private readonly IReadOnlyList<string> _entryPoints = options.EntryPoints ?? [];
    private readonly Channel<string> _changed = Channel.CreateUnbounded<string>(new UnboundedChannelOptions { SingleReader = true });
    private readonly Dictionary<string, Serving> _apps = new(StringComparer.Ordinal);
    private readonly Lock _changing = new();

    /// <summary>Traefik reads the rules itself; those that name a host and a path are known here, too, for the gate, the URLs and conflicts between apps.</summary>
    public AppRoutes RoutesOf(ComposeModel model)
    {
        var (routes, tree) = (AppRoutes.Of(model), LabelTree.Of(model));
        var warnings = tree.Sections["routers"].Where(router => (string?)router.Value!["rule"] is { } rule && !RouteRule.TryParse(rule, out _, out _))
            .Select(router => $"the rule of the router {router.Key} is left to Traefik: whether it takes requests of another app, or its service answers, is not looked at").ToList();
        if (tree.Idle.Count > 0)
            warnings.Add($"labels without effect, since Traefik does not look at Docker: {string.Join(", ", tree.Idle)}");
        return routes with { Faults = tree.Faults, Warnings = warnings };
    }

    public string? OwnerOf(string address, string app)
    {
        lock (_changing)
            return _apps.FirstOrDefault(other => other.Key != app && other.Value.Routes.Any(route => route.Address == address)).Key;
    }

    public async Task ServeAsync(string app, Serving serving, CancellationToken cancellationToken)
    {
        TraefikDocument document;
        lock (_changing)
        {
            foreach (var route in serving.Routes)
            {
                if (OwnerOf(route.Address, app) is { } owner)
                    throw new RouteTakenException($"{route.Address} is already served by the app {owner}.");
            }

            _apps[app] = serving;
            // At the start of the process no address is known yet; Traefik goes on with the files there are.
            if (!containers.Connected.IsCompletedSuccessfully)
                return;
            document = DocumentOf(app, serving);
            files.Write(app, document);
        }

        await api.WaitForAsync(document, cancellationToken);
    }

    /// <summary>Traefik does not tell what is under way, so it has the whole time.</summary>
    public async Task<bool> DrainAsync(string app, IReadOnlyDictionary<string, int> slots, TimeSpan longest, CancellationToken cancellationToken)
    {
        if (slots.Count > 0)
            await Task.Delay(longest, time, cancellationToken);
        return true;
    }

    public TrafficCount? Traffic(string app, IReadOnlyDictionary<string, int> slots) => null;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        containers.Changed += OnChanged;
        try
        {
            await containers.Connected.WaitAsync(stoppingToken);
            Mend(() => files.Reconcile(_apps.ToDictionary(app => app.Key, app => DocumentOf(app.Key, app.Value))));
            await foreach (var project in _changed.Reader.ReadAllAsync(stoppingToken))
            {
                if (_apps.Keys.FirstOrDefault(app => ComposeProject.NameOf(platform, app) == project) is { } app)
                    Mend(() => files.Write(app, DocumentOf(app, _apps[app])));
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The files stay, and Traefik goes on with them.
        }
        finally
        {
            containers.Changed -= OnChanged;
        }
    }

    private void OnChanged(string project) => _changed.Writer.TryWrite(project);

    private void Mend(Action write)
    {
        try
        {
            lock (_changing)
                write();
        }
        catch (RouteFailedException error)
        {
            LogNotWritten(logger, error.Message);
        }
    }

    private TraefikDocument DocumentOf(string app, Serving serving)
    {
        var tree = LabelTree.Of(RoutedServices.Model(serving.Services));
        var ports = serving.Services.ToDictionary(service => service.Name, service => service.Port);
        var project = ComposeProject.NameOf(platform, app);
        var servers = tree.Backends.ToDictionary(
            backend => backend.Key,
            backend => (IReadOnlyList<string>)[.. backend.Value.Services.SelectMany(service => (backend.Value.Port ?? ports.GetValueOrDefault(service)) is { } port
                ? containers.AddressesOf(project, service, serving.SlotOf(service)).Select(address => backend.Value.UrlOf(address, port))
                : [])]);
        return TraefikDocument.Of(app, tree, servers, _entryPoints);
    }

    [LoggerMessage(91, LogLevel.Error, "Traefik's files could not be brought up to date: {Problem}")]
    private static partial void LogNotWritten(ILogger logger, string problem);
}
