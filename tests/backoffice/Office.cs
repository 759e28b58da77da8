using System.Net.Http.Headers;
using System.Text.Json;

using Dapper;

using Mambo.Backoffice.Timeline;
using Mambo.Contracts;
using Mambo.ServiceDefaults;
using Mambo.ServiceDefaults.Bus;
using Mambo.ServiceDefaults.Configuration;
using Mambo.ServiceDefaults.Hosts;
using Mambo.ServiceDefaults.Operations;
using Mambo.TestEnvironment;

using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace Mambo.Backoffice.Tests;

/// <summary>The real service in this process: Kestrel on a free port, a real SQLite file, a real home. Without the bus what it sends and tells stays in the outbox, to be looked at.</summary>
internal sealed class Office : IAsyncDisposable
{
    private readonly bool _bus;
    private readonly TimeProvider _time;
    private readonly string[] _settings;

    private Office(bool bus, TimeProvider time, string[] settings) => (_bus, _time, _settings) = (bus, time, settings);

    public PlatformHome Home { get; } = new();

    public WebApplication App { get; private set; } = null!;

    public HttpClient Api { get; private set; } = null!;

    public Journal Journal => App.Services.GetRequiredKeyedService<Journal>("backoffice");

    /// <param name="settings">As in <c>api.requestsPerMinute=10</c>.</param>
    public static Task<Office> StartAsync(params string[] settings) => StartAsync(bus: false, TimeProvider.System, settings);

    public static Task<Office> StartAsync(TimeProvider time) => StartAsync(bus: false, time);

    /// <summary>With this <c>mambo.yml</c>.</summary>
    public static async Task<Office> StartWithFileAsync(string yaml, TimeProvider? time = null, bool bus = false)
    {
        var office = new Office(bus, time ?? TimeProvider.System, []);
        office.Home.Configure(yaml);
        await office.OpenAsync();
        return office;
    }

    /// <summary>With the bus in memory, which brings what the service tells back to its timeline.</summary>
    public static Task<Office> StartWithBusAsync() => StartAsync(bus: true, TimeProvider.System);

    /// <summary>A new process on the same home, as far as the service can tell.</summary>
    public Task RestartAsync(Action? meanwhile = null) => RestartAsync(() =>
    {
        meanwhile?.Invoke();
        return Task.CompletedTask;
    });

    public async Task RestartAsync(Func<Task> meanwhile)
    {
        await CloseAsync();
        await meanwhile();
        await OpenAsync();
    }

    /// <summary>A new process that listens where the old one did, for a client that connects again.</summary>
    public async Task RestartOnTheSamePortAsync()
    {
        var port = Api.BaseAddress!.Port;
        await CloseAsync();
        await OpenAsync(port);
    }

    /// <summary>Brings an event as the bus would.</summary>
    public Task TellAsync(PlatformEvent happened, string? id = null) =>
        TellAsync(WireNames.Of(happened.GetType()), JsonSerializer.Serialize(happened, happened.GetType(), WireJson.Options), id);

    public Task TellAsync(string type, string body, string? id = null) =>
        App.Services.GetRequiredService<TimelineRecorder>().HandleAsync(new EventDelivery(type, body, id ?? Guid.NewGuid().ToString()), default);

    public async Task<JsonElement> GetAsync(string path) => JsonSerializer.Deserialize<JsonElement>(await Api.GetStringAsync(new Uri(path, UriKind.Relative)));

    /// <summary>Everything sent or told so far: what has left is kept for a while by the relay of the in-memory bus.</summary>
    public IReadOnlyList<(string MessageId, string Type, string? Route, string Body)> Outbox() => Journal.Read(connection =>
        connection.Query<(string, string, string?, string)>("SELECT message_id, type, route, body FROM outbox ORDER BY sequence").ToList());

    public HttpClient NewClient(string? token) => new()
    {
        BaseAddress = App.Services.ListeningAt(Listeners.Api),
        DefaultRequestHeaders = { Authorization = token is null ? null : new AuthenticationHeaderValue("Bearer", token) },
    };

    public async ValueTask DisposeAsync()
    {
        await CloseAsync();
        Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
        Home.Dispose();
    }

    public static async Task UntilAsync(Func<bool> condition)
    {
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        while (!condition())
            await Task.Delay(5, deadline.Token);
    }

    private async Task OpenAsync(int port = 0)
    {
        string[] settings = [$"api.listen=127.0.0.1:{port}", "edge.listen=127.0.0.1:7480", .. _settings];
        var builder = MamboHost.CreateBuilder("backoffice", ["--home", Home.Path, "--set", "api.requestsPerMinute=1000000", .. settings.SelectMany(setting => new[] { "--set", setting })], BusTransport.InMemory);
        builder.AddBackoffice();
        builder.Services.AddSingleton(_time);
        if (_bus)
            builder.AddBus();
        else
            builder.Services.AddSingleton<PublishMessage>((_, _) => Task.CompletedTask);
        App = builder.Build();
        App.MapHealth();
        App.MapBackoffice();
        await App.StartAsync();
        Api = NewClient(Home.ApiToken);
    }

    private static async Task<Office> StartAsync(bool bus, TimeProvider time, params string[] settings)
    {
        var office = new Office(bus, time, settings);
        await office.OpenAsync();
        return office;
    }

    private async Task CloseAsync()
    {
        Api.Dispose();
        await App.DisposeAsync();
    }
}
