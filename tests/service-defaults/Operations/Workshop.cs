using Mambo.Contracts.Deployments;
using Mambo.ServiceDefaults.Operations;

using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace Mambo.ServiceDefaults.Tests.Operations;

/// <summary>A journal on a real file, a runner and a relay whose broker is a list. <see cref="RestartAsync"/> is what follows a crash: same file, new objects.</summary>
internal sealed class Workshop : IAsyncDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("mambo-journal-").FullName;
    private OperationRunner? _runner;
    private OutboxRelay? _relay;

    public Workshop() => Journal = Open();

    public FakeTimeProvider Time { get; } = new(new DateTimeOffset(2026, 11, 24, 8, 0, 0, TimeSpan.Zero));

    public Errand Errand { get; } = new();

    public Journal Journal { get; private set; }

    public List<OutboxMessage> Published { get; } = [];

    public PublishMessage? Broker { get; set; }

    public int Parallel { get; set; } = 2;

    public async Task StartAsync(TimeSpan keepPublished = default)
    {
        _runner = new OperationRunner(Journal, [Errand], Parallel, Time, NullLogger<OperationRunner>.Instance);
        _relay = new OutboxRelay(Journal, PublishAsync, keepPublished, Time, NullLogger<OutboxRelay>.Instance);
        await _runner.StartAsync(default);
        await _relay.StartAsync(default);
    }

    public async Task StopAsync()
    {
        if (_runner is not null)
            await _runner.StopAsync(default);
        if (_relay is not null)
            await _relay.StopAsync(default);
    }

    public async Task RestartAsync(TimeSpan keepPublished = default)
    {
        await StopAsync();
        await Journal.DisposeAsync();
        Journal = Open();
        await StartAsync(keepPublished);
    }

    public async Task<Guid> QueueAsync(string app = "shop", Guid? id = null)
    {
        var deployment = id ?? Guid.NewGuid();
        await Journal.WriteAsync(transaction => transaction.Enqueue(Errand, new DeployApp { App = app }, deployment, "tests"));
        return deployment;
    }

    public async Task<OperationStatus> EndedAsync(Guid id)
    {
        await UntilAsync(() => Journal.Find(id)?.EndedAt is not null);
        return Journal.Find(id)!;
    }

    public IReadOnlyList<string> PublishedTypes()
    {
        lock (Published)
            return [.. Published.Select(message => message.Type)];
    }

    public static async Task UntilAsync(Func<bool> condition)
    {
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        while (!condition())
            await Task.Delay(5, deadline.Token);
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        await Journal.DisposeAsync();
        Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
        Directory.Delete(_folder, recursive: true);
    }

    private Journal Open() => new("tests", Path.Combine(_folder, "tests.db"), "local", Time);

    private async Task PublishAsync(OutboxMessage message, CancellationToken cancellationToken)
    {
        if (Broker is not null)
            await Broker(message, cancellationToken);
        lock (Published)
            Published.Add(message);
    }
}
