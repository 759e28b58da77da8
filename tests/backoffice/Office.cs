using System.Net.Http.Headers;
using System.Text.Json;

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

/// <summary>The real service in this process: Kestrel on a free port, a real SQLite file, a real home. What it sends is caught instead of put on a bus.</summary>
internal sealed class Office : IAsyncDisposable
{
    private readonly string[] _settings;

    private Office(string[] settings) => _settings = settings;

    public PlatformHome Home { get; } = new();

    public WebApplication App { get; private set; } = null!;

    public HttpClient Api { get; private set; } = null!;

    public List<OutboxMessage> Sent { get; } = [];

    public Journal Journal => App.Services.GetRequiredKeyedService<Journal>("backoffice");

    /// <param name="settings">As in <c>api.requestsPerMinute=10</c>.</param>
    public static async Task<Office> StartAsync(params string[] settings)
    {
        var office = new Office(settings);
        await office.OpenAsync();
        return office;
    }

    /// <summary>A new process on the same home, as far as the service can tell.</summary>
    public async Task RestartAsync(Action? meanwhile = null)
    {
        await CloseAsync();
        meanwhile?.Invoke();
        await OpenAsync();
    }

    /// <summary>Brings an event as the bus would.</summary>
    public Task TellAsync(PlatformEvent happened, string? id = null) =>
        TellAsync(WireNames.Of(happened.GetType()), JsonSerializer.Serialize(happened, happened.GetType(), WireJson.Options), id);

    public Task TellAsync(string type, string body, string? id = null) =>
        App.Services.GetRequiredService<TimelineRecorder>().HandleAsync(new EventDelivery(type, body, id ?? Guid.NewGuid().ToString()), default);

    public async Task<JsonElement> GetAsync(string path) => JsonSerializer.Deserialize<JsonElement>(await Api.GetStringAsync(new Uri(path, UriKind.Relative)));

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

    private async Task OpenAsync()
    {
        string[] settings = ["api.listen=127.0.0.1:0", "edge.listen=127.0.0.1:7480", .. _settings];
        var builder = MamboHost.CreateBuilder("backoffice", ["--home", Home.Path, .. settings.SelectMany(setting => new[] { "--set", setting })], BusTransport.InMemory);
        builder.AddBackoffice();
        builder.Services.AddSingleton<PublishMessage>((message, _) =>
        {
            lock (Sent)
                Sent.Add(message);
            return Task.CompletedTask;
        });
        App = builder.Build();
        App.MapHealth();
        App.MapBackoffice();
        await App.StartAsync();
        Api = NewClient(Home.ApiToken);
    }

    private async Task CloseAsync()
    {
        Api.Dispose();
        await App.DisposeAsync();
    }
}
