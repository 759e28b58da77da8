using System.Text.Json;

using Dapper;

using Mambo.Contracts;
using Mambo.Contracts.Deployments;
using Mambo.Deployer.Acceptance;
using Mambo.Deployer.Lifecycle;
using Mambo.Deployer.Locks;
using Mambo.ServiceDefaults;
using Mambo.ServiceDefaults.Bus;
using Mambo.ServiceDefaults.Configuration;
using Mambo.ServiceDefaults.Hosts;
using Mambo.ServiceDefaults.Operations;
using Mambo.TestEnvironment;

using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Mambo.Deployer.Tests;

/// <summary>The whole service in this process on a fresh home, with the real engine; <see cref="RestartAsync"/> is what follows a crash: same files, new objects.</summary>
internal sealed class DeployerHost : IAsyncDisposable
{
    private static readonly HttpClient Browser = new(new SocketsHttpHandler { UseProxy = false, AllowAutoRedirect = false, PooledConnectionLifetime = TimeSpan.Zero });

    private readonly PlatformHome _home = new();
    private readonly Dictionary<string, string> _settings;
    private WebApplication? _app;

    public DeployerHost(params (string Key, string Value)[] settings)
    {
        Platform = $"dt{Guid.NewGuid():N}"[..10];
        _settings = new Dictionary<string, string>
        {
            ["platform.name"] = Platform,
            ["api.listen"] = "127.0.0.1:0",
            ["edge.listen"] = "127.0.0.1:0",
            ["deployer.startDeadline"] = "20s",
            ["deployer.gateDeadline"] = "5s",
            ["deployer.soak"] = "0s",
            ["deployer.warm"] = "0s",
        };
        foreach (var (key, value) in settings)
            _settings[key] = value;
    }

    /// <summary>Prefix of everything this host makes in Docker.</summary>
    public string Platform { get; }

    public string Home => _home.Path;

    /// <summary>Writes <c>mambo.yml</c>, for keys no argument can set.</summary>
    public void Configure(string yaml) => _home.Configure(yaml);

    public IServiceProvider Services => _app!.Services;

    public Journal Journal => Services.GetRequiredKeyedService<Journal>("deployer");

    public Uri Edge => Services.ListeningAt(Listeners.Edge);

    public string ProjectOf(string app) => $"{Platform}-{app}";

    public async Task StartAsync()
    {
        var settings = _settings.SelectMany(setting => new[] { "--set", $"{setting.Key}={setting.Value}" });
        var builder = MamboHost.CreateBuilder("deployer", ["--home", _home.Path, .. settings], BusTransport.InMemory);
        builder.Logging.ClearProviders();
        builder.AddDeployer();
        builder.AddBus();
        _app = builder.Build();
        _app.MapHealth();
        _app.MapDeployer();
        await _app.StartAsync();
    }

    public async Task StopAsync()
    {
        if (_app is null)
            return;
        await _app.StopAsync();
        await _app.DisposeAsync();
        _app = null;
    }

    public async Task RestartAsync()
    {
        await StopAsync();
        await StartAsync();
    }

    public string Store(Bundle bundle)
    {
        var path = new MamboPaths(_home.Path).Bundle(bundle.Digest);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllBytes(path, bundle.Bytes);
        return bundle.Digest;
    }

    public async Task<Guid> SendAsync(DeployApp command)
    {
        var id = command.DeploymentId ?? Guid.NewGuid();
        await Services.GetRequiredService<DeployAppHandler>().HandleAsync(Delivered(command with { DeploymentId = id }), default);
        return id;
    }

    public Task<Guid> SendAsync(string app, Bundle bundle) => SendAsync(new DeployApp { App = app, Bundle = Store(bundle) });

    public async Task<Guid> RollBackAsync(string app, int? to = null)
    {
        var id = Guid.NewGuid();
        await Services.GetRequiredService<RollBackAppHandler>().HandleAsync(Delivered(new RollBackApp { DeploymentId = id, App = app, ToRelease = to, RequestedBy = "ana" }), default);
        return id;
    }

    /// <summary>Sends a command about an app as a whole, and returns the id it is told under.</summary>
    public async Task<Guid> SendAsync(AppCommand command)
    {
        var id = command.DeploymentId ?? Guid.NewGuid();
        await ((command with { DeploymentId = id, RequestedBy = command.RequestedBy ?? "ana" }) switch
        {
            StartApp start => HandleAsync<StartApp, AppCommandHandler<StartApp, Start>>(start),
            StopApp stop => HandleAsync<StopApp, AppCommandHandler<StopApp, Stop>>(stop),
            RestartApp restart => HandleAsync<RestartApp, AppCommandHandler<RestartApp, Restart>>(restart),
            RemoveApp remove => HandleAsync<RemoveApp, AppCommandHandler<RemoveApp, Remove>>(remove),
            LockApp locking => HandleAsync<LockApp, LockAppHandler>(locking),
            UnlockApp unlocking => HandleAsync<UnlockApp, UnlockAppHandler>(unlocking),
            _ => throw new ArgumentException($"{command.GetType().Name} is no command about an app."),
        });
        return id;
    }

    public async Task<PlatformEvent> EndAsync(AppCommand command) => await EndAsync(await SendAsync(command));

    private Task HandleAsync<TCommand, THandler>(TCommand command)
        where TCommand : Command
        where THandler : ICommandHandler<TCommand> => Services.GetRequiredService<THandler>().HandleAsync(Delivered(command), default);

    public Task CancelAsync(Guid deployment) => Services.GetRequiredService<CancelDeploymentHandler>()
        .HandleAsync(Delivered(new CancelDeployment { DeploymentId = deployment, Reason = "wrong version", RequestedBy = "ana" }), default);

    public static Delivery<TCommand> Delivered<TCommand>(TCommand command, string? messageId = null, params FieldError[] faults)
        where TCommand : Command => new(command, messageId ?? Guid.NewGuid().ToString(), "", Redelivered: false, faults);

    /// <summary>Deploys and waits for the event that ends it.</summary>
    public async Task<PlatformEvent> DeployAsync(string app, Bundle bundle) => await EndAsync(await SendAsync(app, bundle));

    public async Task<AppDeployed> DeployedAsync(string app, Bundle bundle) => (await DeployAsync(app, bundle)).ShouldBeDeployed();

    public async Task<PlatformEvent> EndAsync(Guid deployment)
    {
        PlatformEvent? end = null;
        await UntilAsync(() => (end = Told(deployment).LastOrDefault(told => told is not (DeploymentAccepted or DeploymentStepCompleted))) is not null);
        return end!;
    }

    /// <summary>Everything told of a deployment, in order.</summary>
    public IReadOnlyList<PlatformEvent> Told(Guid deployment) => Journal.Read(connection => connection
        .Query<(string Type, string Body)>("SELECT type, body FROM outbox WHERE lane = @lane ORDER BY sequence", new { lane = deployment.ToString() })
        .Select(row => (PlatformEvent)JsonSerializer.Deserialize(row.Body, WireNames.Find(row.Type)!, WireJson.Options)!).ToList());

    public async Task InStepAsync(Guid deployment, string step) => await UntilAsync(() => Journal.Find(deployment)?.Steps.Any(begun => begun.Name == step) == true);

    public async Task<(int Status, string Body)> GetAsync(string host, string path = "/")
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(Edge, path)) { Headers = { Host = host } };
        using var answer = await Browser.SendAsync(request);
        return ((int)answer.StatusCode, (await answer.Content.ReadAsStringAsync()).Trim());
    }

    /// <summary>The id of the app's only container.</summary>
    public async Task<string> ContainerAsync(string app) => (await DockerCommand.ContainersOfAsync(ProjectOf(app))).ShouldHaveSingleItem();

    public static async Task UntilAsync(Func<bool> condition)
    {
        using var late = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (!condition())
            await Task.Delay(20, late.Token);
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        await DockerCommand.RemoveProjectsAsync($"{Platform}-");
        Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
        _home.Dispose();
    }
}

internal static class Ends
{
    public static AppDeployed ShouldBeDeployed(this PlatformEvent end) => end.ShouldBeOfType<AppDeployed>(JsonSerializer.Serialize(end, end.GetType(), WireJson.Options));

    public static DeploymentFailed ShouldBeFailed(this PlatformEvent end, DeploymentFailureReason reason)
    {
        var failed = end.ShouldBeOfType<DeploymentFailed>();
        failed.Reason.ShouldBe(reason, JsonSerializer.Serialize(failed, WireJson.Options));
        failed.Left.ShouldBeNull();
        return failed;
    }
}
