using System.Collections.Concurrent;
using System.Diagnostics;

using Dapper;

using Mambo.AlertRelay.Delivery;
using Mambo.AlertRelay.Notifications;
using Mambo.AlertRelay.Ntfy;
using Mambo.Contracts;
using Mambo.ServiceDefaults.Bus;
using Mambo.ServiceDefaults.Configuration;
using Mambo.ServiceDefaults.Operations;

using Microsoft.Extensions.Logging;

namespace Mambo.AlertRelay.Tests;

/// <summary>
/// The service without its bus: the handler, a journal on a real file, the deliverer. <see cref="RestartAsync"/> is what follows a crash: same file, new objects.
/// </summary>
internal sealed class Relay(AlertOptions options, TimeProvider time, string? token = null) : IAsyncDisposable, ILogger<Deliverer>
{
    private readonly string _folder = Directory.CreateTempSubdirectory("mambo-relay-").FullName;
    private Journal? _journal;
    private NtfyClient? _ntfy;
    private Deliverer? _deliverer;

    public AlertOptions Options { get; } = options;

    public Journal Journal => _journal ??= new("alert-relay", Path.Combine(_folder, "alert-relay.db"), "local", time, typeof(AlertRelayRegistrations).Assembly);

    /// <summary>What the deliverer logged.</summary>
    public ConcurrentQueue<string> Log { get; } = [];

    public async Task StartAsync()
    {
        await Deliverer().StartAsync(default);
        Deliverer().Wake();
    }

    /// <summary>Ends the deliverer without letting it finish what it is in the middle of.</summary>
    public async Task StopAsync()
    {
        if (_deliverer is not null)
            await _deliverer.StopAsync(default);
        _deliverer?.Dispose();
        _ntfy?.Dispose();
        if (_journal is not null)
            await _journal.DisposeAsync();
        (_deliverer, _ntfy, _journal) = (null, null, null);
    }

    public async Task RestartAsync()
    {
        await StopAsync();
        await StartAsync();
    }

    /// <summary>The event arrives from the bus.</summary>
    public Task HearAsync(PlatformEvent happened, string? messageId = null) => new PlatformEventHandler(Journal, Options, Deliverer()).HandleAsync(
        new EventDelivery(
            WireNames.Of(happened.GetType()),
            System.Text.Json.JsonSerializer.Serialize(happened, happened.GetType(), WireJson.Options),
            messageId ?? Guid.NewGuid().ToString()),
        default);

    /// <summary>What it told the platform, in order.</summary>
    public IReadOnlyList<T> Told<T>()
        where T : PlatformEvent => Journal.Read(connection => connection
            .Query<string>("SELECT body FROM outbox WHERE type = @type ORDER BY sequence", new { type = WireNames.Of(typeof(T)) })
            .Select(body => System.Text.Json.JsonSerializer.Deserialize<T>(body, WireJson.Options)!).ToList());

    public async Task<IReadOnlyList<T>> ToldAsync<T>(int count)
        where T : PlatformEvent
    {
        await UntilAsync(() => Told<T>().Count >= count);
        return Told<T>();
    }

    public IReadOnlyList<NotificationRow> Waiting() => Journal.Read(connection =>
        connection.Query<NotificationRow>("SELECT * FROM notifications ORDER BY sequence").AsList());

    /// <exception cref="TimeoutException">It did not come true; the message carries the log.</exception>
    public async Task UntilAsync(Func<bool> condition)
    {
        var started = Stopwatch.GetTimestamp();
        while (!condition())
        {
            if (Stopwatch.GetElapsedTime(started) > TimeSpan.FromSeconds(30))
                throw new TimeoutException(string.Join('\n', Log));
            await Task.Delay(5);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
        Directory.Delete(_folder, recursive: true);
    }

    void ILogger.Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
        Log.Enqueue($"{logLevel}: {formatter(state, exception)} {exception}");

    bool ILogger.IsEnabled(LogLevel logLevel) => true;

    IDisposable? ILogger.BeginScope<TState>(TState state) => null;

    private Deliverer Deliverer()
    {
        if (_deliverer is not null)
            return _deliverer;
        var environment = token is null ? new Dictionary<string, string>() : new Dictionary<string, string> { ["MAMBO_NTFY_TOKEN"] = token };
        _ntfy = new NtfyClient(Options, new Secrets(new MamboPaths(_folder), environment), time);
        return _deliverer = new Deliverer(new DeliveryQueue(Journal), _ntfy, Options, time, this);
    }
}
