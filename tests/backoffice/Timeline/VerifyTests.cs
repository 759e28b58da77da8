using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

using Dapper;

using Mambo.Backoffice.Timeline;
using Mambo.Contracts.Alerts;
using Mambo.Contracts.Deployments;

using Microsoft.Data.Sqlite;

namespace Mambo.Backoffice.Tests.Timeline;

/// <summary>Somebody with the file in hand changes it; the walk must say where.</summary>
public sealed class VerifyTests : IAsyncLifetime
{
    private const int Events = 6;

    private Office _office = null!;

    public async Task InitializeAsync()
    {
        _office = await Office.StartAsync();
        for (var i = 1; i <= Events; i++)
            await _office.TellAsync(new AppDeployed { DeploymentId = Guid.NewGuid(), App = "shop", Host = "local", Release = i }, $"m{i}");
    }

    public async Task DisposeAsync() => await _office.DisposeAsync();

    [Fact]
    public async Task Verify_Untouched_OkWithTheHashOfTheNewest()
    {
        var newest = (await _office.GetAsync("/api/events?tail=1")).GetProperty("events")[0].GetProperty("hash").GetString();

        (await VerifyAsync()).ToString().ShouldBe($$"""{"ok":true,"events":6,"head":"{{newest}}"}""");
    }

    [Fact]
    public async Task Verify_NoEvents_OkWith64Zeros()
    {
        await using var office = await Office.StartAsync();

        (await office.GetAsync("/api/events/verify")).ToString().ShouldBe($$"""{"ok":true,"events":0,"head":"{{new string('0', 64)}}"}""");
    }

    [Theory]
    [InlineData("id", "'other'")]
    [InlineData("type", "'deployment-failed'")]
    [InlineData("at", "'2020-01-01T00:00:00.0000000Z'")]
    [InlineData("host", "'web-2'")]
    [InlineData("host", "''")]
    [InlineData("body", "'{\"app\":\"shop\"}'")]
    [InlineData("body", "body || ' '")]
    [InlineData("body", "replace(body, '\"shop\"', '\"shoq\"')")]
    [InlineData("hash", "replace(hash, substr(hash, 1, 1), 'z')")]
    [InlineData("hash", "upper(hash)")]
    public async Task Verify_ColumnChanged_NamesTheEvent(string column, string value)
    {
        foreach (var seq in (int[])[1, 4, Events])
        {
            using (var copy = new Snapshot(_office))
            {
                copy.Tamper($"UPDATE timeline SET {column} = {value} WHERE seq = {seq}");
                (await VerifyAsync()).ToString().ShouldContain($$""""problem":{"seq":{{seq}},"problem":"Event {{seq}} is not as it was recorded: its content or its hash was changed."}"""");
            }

            (await VerifyAsync()).GetProperty("ok").GetBoolean().ShouldBeTrue();
        }
    }

    [Theory]
    [InlineData(1, "Event 1 is missing: after 0 comes 2.")]
    [InlineData(3, "Event 3 is missing: after 2 comes 4.")]
    [InlineData(6, "Event 6 is missing: 6 events were recorded, 5 are left.")]
    public async Task Verify_EventRemoved_NamesIt(int seq, string problem)
    {
        using var copy = new Snapshot(_office);
        copy.Tamper($"DELETE FROM timeline WHERE seq = {seq}");

        await ShouldFindAsync(seq, problem);
    }

    [Fact]
    public async Task Verify_AllRemoved_NamesTheFirst()
    {
        using var copy = new Snapshot(_office);
        copy.Tamper("DELETE FROM timeline");

        await ShouldFindAsync(1, "Event 1 is missing: 6 events were recorded, 0 are left.");
    }

    [Fact]
    public async Task Verify_RemovedAndRenumbered_NamesTheFirstThatMoved()
    {
        using var copy = new Snapshot(_office);
        copy.Tamper("DELETE FROM timeline WHERE seq = 3; UPDATE timeline SET seq = -seq WHERE seq > 3; UPDATE timeline SET seq = -seq - 1 WHERE seq < 0");

        await ShouldFindAsync(3, "Event 3 is not as it was recorded: its content or its hash was changed.");
    }

    [Fact]
    public async Task Verify_TwoSwapped_NamesTheFirst()
    {
        using var copy = new Snapshot(_office);
        copy.Tamper("UPDATE timeline SET seq = 100 WHERE seq = 2; UPDATE timeline SET seq = 2 WHERE seq = 5; UPDATE timeline SET seq = 5 WHERE seq = 100");

        await ShouldFindAsync(2, "Event 2 is not as it was recorded: its content or its hash was changed.");
    }

    [Fact]
    public async Task Verify_SeqChanged_NamesTheGap()
    {
        using var copy = new Snapshot(_office);
        copy.Tamper("UPDATE timeline SET seq = 60 WHERE seq = 6");

        await ShouldFindAsync(6, "Event 6 is missing: after 5 comes 60.");
    }

    [Fact]
    public async Task Verify_OneAddedWithAGoodHash_NamesIt()
    {
        using var copy = new Snapshot(_office);
        var newest = (await _office.GetAsync("/api/events?tail=1")).GetProperty("events")[0];
        using var chain = new EventHash();
        var hash = chain.Next(Bytes(newest.GetProperty("hash").GetString()!), 7, Bytes("m7"), Bytes("app-deployed"), Bytes("t"), Bytes("h"), Bytes("{}"));
        copy.Tamper($"INSERT INTO timeline (seq, id, type, at, host, body, hash) VALUES (7, 'm7', 'app-deployed', 't', 'h', '{{}}', '{hash}')");

        await ShouldFindAsync(7, "Event 7 was added behind the recorded end of the timeline, 6.");
    }

    [Fact]
    public async Task Verify_RecordedEndChanged_IsFound()
    {
        using var copy = new Snapshot(_office);
        copy.Tamper("UPDATE timeline_head SET hash = replace(hash, substr(hash, 1, 1), 'z')");

        await ShouldFindAsync(6, "The recorded end of the timeline has not the hash of event 6: one of the two was changed.");
    }

    /// <summary>One who rehashes everything behind his change makes a whole chain; the head noted elsewhere gives him away.</summary>
    [Fact]
    public async Task Verify_RewrittenFromThere_HasAnotherHead()
    {
        var head = (await VerifyAsync()).GetProperty("head").GetString();
        using var copy = new Snapshot(_office);
        var rewritten = Rewrite(copy);

        var verdict = await VerifyAsync();

        verdict.GetProperty("ok").GetBoolean().ShouldBeTrue();
        verdict.GetProperty("head").GetString().ShouldBe(rewritten);
        rewritten.ShouldNotBe(head);
    }

    [Fact]
    public async Task Verify_WhileEventsAreTold_NeverMistakesAnAppendForTampering()
    {
        var telling = Task.Run(async () =>
        {
            for (var i = 0; i < 300; i++)
                await _office.TellAsync(new AlertRaised { Name = "a" });
        });

        while (!telling.IsCompleted)
            (await VerifyAsync()).GetProperty("ok").GetBoolean().ShouldBeTrue();
        await telling;
        (await VerifyAsync()).GetProperty("events").GetInt64().ShouldBe(Events + 300);
    }

    [Fact]
    public async Task Verify_HundredMegabytes_OneEventInMemoryAtATime()
    {
        const int count = 100_000;
        var body = $$"""{"name":"a","summary":"{{new string('x', 1000)}}"}""";
        await _office.Journal.WriteAsync(transaction =>
        {
            for (var i = 0; i < count; i++)
                EventTable.Append(transaction, $"n{i}", "alert-raised", transaction.Now, "local", body);
        });
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var verifying = VerifyAsync();
        var peak = before;
        while (!verifying.IsCompleted)
        {
            peak = Math.Max(peak, GC.GetTotalMemory(forceFullCollection: false));
            await Task.Delay(1);
        }

        (await verifying).GetProperty("events").GetInt64().ShouldBe(Events + count);
        ((peak - before) >> 20).ShouldBeLessThan(30);
    }

    /// <summary>As docs/api.md describes it, written a second time.</summary>
    [Fact]
    public async Task Hash_ComputedByTheDocumentation_IsTheOneShown()
    {
        var previous = new string('0', 64);
        foreach (var item in (await _office.GetAsync("/api/events")).GetProperty("events").EnumerateArray())
        {
            using var bytes = new MemoryStream();
            foreach (var field in (string[])[previous, item.GetProperty("seq").GetRawText(), Text(item, "id"), Text(item, "type"), Text(item, "at"), Text(item, "host"), item.GetProperty("body").GetRawText()])
            {
                var length = new byte[8];
                BinaryPrimitives.WriteInt64BigEndian(length, Encoding.UTF8.GetByteCount(field));
                bytes.Write(length);
                bytes.Write(Encoding.UTF8.GetBytes(field));
            }

            previous = Convert.ToHexStringLower(SHA256.HashData(bytes.ToArray()));
            previous.ShouldBe(Text(item, "hash"));
        }
    }

    /// <summary>Bytes that move from one field into the next make another hash.</summary>
    [Fact]
    public void Next_SameBytesInOtherFields_AnotherHash()
    {
        using var chain = new EventHash();

        chain.Next(Bytes("0"), 1, Bytes("ab"), Bytes("c")).ShouldNotBe(chain.Next(Bytes("0"), 1, Bytes("a"), Bytes("bc")));
        chain.Next(Bytes("0"), 11, Bytes("a")).ShouldNotBe(chain.Next(Bytes("0"), 1, Bytes("1a")));
    }

    private static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);

    private static string Text(JsonElement item, string name) => item.GetProperty(name).GetString()!;

    private static string Rewrite(Snapshot copy)
    {
        copy.Tamper("UPDATE timeline SET host = 'web-2' WHERE seq = 4");
        using var chain = new EventHash();
        var previous = copy.Connection.QuerySingle<string>("SELECT hash FROM timeline WHERE seq = 3");
        for (var seq = 4; seq <= Events; seq++)
        {
            var (id, type, at, host, body) = copy.Connection.QuerySingle<(string, string, string, string, string)>("SELECT id, type, at, host, body FROM timeline WHERE seq = @seq", new { seq });
            previous = chain.Next(Bytes(previous), seq, Bytes(id), Bytes(type), Bytes(at), Bytes(host), Bytes(body));
            copy.Tamper($"UPDATE timeline SET hash = '{previous}' WHERE seq = {seq}");
        }

        copy.Tamper($"UPDATE timeline_head SET hash = '{previous}'");
        return previous;
    }

    private async Task<JsonElement> VerifyAsync() => await _office.GetAsync("/api/events/verify");

    private async Task ShouldFindAsync(int seq, string problem)
    {
        var verdict = await VerifyAsync();
        verdict.GetProperty("ok").GetBoolean().ShouldBeFalse();
        verdict.GetProperty("problem").ToString().ShouldBe($$"""{"seq":{{seq}},"problem":"{{problem}}"}""");
    }

    /// <summary>A second hand on the file; what it changed is put back at the end.</summary>
    private sealed class Snapshot : IDisposable
    {
        public Snapshot(Office office)
        {
            Connection = new SqliteConnection($"Data Source={Path.Combine(office.Home.Path, "data", "backoffice.db")}");
            Connection.Open();
            Connection.Execute("CREATE TEMP TABLE kept AS SELECT seq, id, type, at, host, body, hash FROM timeline; CREATE TEMP TABLE kept_head AS SELECT * FROM timeline_head");
        }

        public SqliteConnection Connection { get; }

        public void Tamper(string sql) => Connection.Execute(sql).ShouldBeGreaterThan(0);

        public void Dispose()
        {
            Connection.Execute(
                """
                DELETE FROM timeline;
                INSERT INTO timeline (seq, id, type, at, host, body, hash) SELECT * FROM kept;
                DELETE FROM timeline_head;
                INSERT INTO timeline_head SELECT * FROM kept_head;
                DROP TABLE kept;
                DROP TABLE kept_head;
                """);
            Connection.Dispose();
        }
    }
}
