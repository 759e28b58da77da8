using System.Diagnostics;

using Dapper;

using Mambo.Contracts.Deployments;
using Mambo.ServiceDefaults.Bus;
using Mambo.ServiceDefaults.Operations;
using Mambo.ServiceDefaults.Telemetry;

namespace Mambo.ServiceDefaults.Tests.Operations;

public sealed class JournalTests : IAsyncDisposable
{
    private readonly Workshop _workshop = new();

    private Journal Journal => _workshop.Journal;

    public ValueTask DisposeAsync() => _workshop.DisposeAsync();

    [Fact]
    public async Task WriteAsync_OneOfManyThrows_OnlyThatOneIsUndone()
    {
        var writes = Enumerable.Range(0, 100).Select(i => Journal.WriteAsync(transaction =>
        {
            transaction.Tell(new AppDeployed { App = $"app-{i}" });
            if (i == 50)
                throw new InvalidOperationException("no");
        })).ToList();

        await Should.ThrowAsync<InvalidOperationException>(Task.WhenAll(writes));

        writes.Count(write => write.IsCompletedSuccessfully).ShouldBe(99);
        Count("outbox").ShouldBe(99);
    }

    [Fact]
    public async Task WriteAsync_Reopened_IsStillThere()
    {
        await Journal.WriteAsync(transaction => transaction.Tell(new AppDeployed { App = "shop" }));

        await _workshop.RestartAsync();

        await Workshop.UntilAsync(() => _workshop.Published.Count == 1);
    }

    [Fact]
    public async Task WriteAsync_AfterDispose_SaysThatTheJournalIsClosed()
    {
        var journal = Journal;
        await journal.DisposeAsync();

        await Should.ThrowAsync<ObjectDisposedException>(() => journal.WriteAsync(_ => { }));
        await _workshop.RestartAsync();
    }

    [Fact]
    public async Task Receive_SameMessageIdAgain_IsARepeatForThatConsumerOnly()
    {
        (await ReceiveAsync("m1", "a")).ShouldBeTrue();
        (await ReceiveAsync("m1", "a")).ShouldBeFalse();
        (await ReceiveAsync("m1", "b")).ShouldBeTrue();
    }

    [Theory]
    [InlineData(false, 1, true)]
    [InlineData(true, 1, false)]
    [InlineData(true, 11, true)]
    public async Task Receive_NoMessageId_OnlyAFreshRedeliveryIsARepeat(bool redelivered, int minutesLater, bool taken)
    {
        (await ReceiveAsync(null, "a")).ShouldBeTrue();
        _workshop.Time.Advance(TimeSpan.FromMinutes(minutesLater));

        (await ReceiveAsync(null, "a", redelivered)).ShouldBe(taken);
    }

    [Fact]
    public async Task Tell_TimeAndHostUnset_AreStamped()
    {
        await Journal.WriteAsync(transaction => transaction.Tell(new AppDeployed { App = "shop" }));

        var body = Journal.Read(connection => connection.QuerySingle<string>("SELECT body FROM outbox"));

        body.ShouldContain("\"host\":\"local\"");
        body.ShouldContain("\"occurredAt\":\"2026-11-24T08:00:00+00:00\"");
    }

    [Fact]
    public async Task Tell_InsideATrace_KeepsTheCallersTraceContext()
    {
        using var listener = new ActivityListener { ShouldListenTo = source => source.Name == "Mambo", Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData };
        ActivitySource.AddActivityListener(listener);
        using var activity = Activities.Source.StartActivity("door");

        await Journal.WriteAsync(transaction => transaction.Tell(new AppDeployed { App = "shop" }));

        Journal.Read(connection => connection.QuerySingle<string>("SELECT trace_parent FROM outbox")).ShouldBe(activity!.Id);
    }

    [Fact]
    public async Task WriteAsync_DiskFull_EveryCallerHearsOfItAndTheWriterLives()
    {
        await Journal.WriteAsync(transaction => transaction.Execute("PRAGMA max_page_count = 60"));
        var big = new string('x', 100_000);

        for (var i = 0; i < 5; i++)
            await Should.ThrowAsync<Exception>(() => Journal.WriteAsync(transaction =>
            {
                for (var j = 0; j < 10; j++)
                    transaction.Tell(new AppDeployed { App = big });
            }));

        await Journal.WriteAsync(transaction => transaction.Tell(new AppDeployed { App = "small" }));
        Count("outbox").ShouldBe(1);
    }

    [Fact]
    public async Task Open_FileOfAnEarlierVersion_KeepsItsOperationsAndTheirSteps()
    {
        var folder = Directory.CreateTempSubdirectory("mambo-journal-");
        var path = Path.Combine(folder.FullName, "old.db");
        using (var old = JournalDatabase.Open(path))
        {
            using var script = new StreamReader(typeof(Journal).Assembly.GetManifestResourceStream(
                typeof(Journal).Assembly.GetManifestResourceNames().Single(name => name.EndsWith("0001_journal.sql", StringComparison.Ordinal)))!);
            old.Execute(await script.ReadToEndAsync());
            old.Execute(
                """
                CREATE TABLE migrations (name TEXT PRIMARY KEY, applied_at TEXT NOT NULL) STRICT, WITHOUT ROWID;
                INSERT INTO migrations SELECT 'Mambo.ServiceDefaults.Operations.Migrations.0001_journal.sql', '2026-01-01';
                INSERT INTO operations (id, kind, subject, state, command, data, accepted_at) VALUES ('7', 'deploy-app', 'shop', 'running', '{}', '{}', '2026-01-01');
                INSERT INTO steps (operation_id, number, name, started_at) VALUES ('7', 1, 'fetch', '2026-01-01');
                INSERT INTO progress (operation_id, number, step, at, line) VALUES ('7', 1, 'fetch', '2026-01-01', 'half');
                """);
        }

        await using (var journal = new Journal("old", path, "local", TimeProvider.System))
        {
            journal.Read(connection => connection.QuerySingle<(string, string, string)>(
                "SELECT o.subject, s.name, p.line FROM operations o JOIN steps s ON s.operation_id = o.id JOIN progress p ON p.operation_id = o.id")).ShouldBe(("shop", "fetch", "half"));
            journal.Read(connection => connection.Query("PRAGMA foreign_key_check")).ShouldBeEmpty();
        }

        folder.Delete(recursive: true);
    }

    private long Count(string table) => Journal.Read(connection => connection.ExecuteScalar<long>($"SELECT COUNT(*) FROM {table}"));

    private Task<bool> ReceiveAsync(string? messageId, string consumer, bool redelivered = false)
    {
        var delivery = new Delivery<DeployApp>(new DeployApp(), messageId, "abc", redelivered, []);
        return Journal.WriteAsync(transaction => transaction.Receive(delivery, consumer));
    }
}
