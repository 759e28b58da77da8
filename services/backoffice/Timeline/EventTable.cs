using System.Globalization;
using System.Text;

using Dapper;

using Mambo.ServiceDefaults.Operations;

using Microsoft.Data.Sqlite;

namespace Mambo.Backoffice.Timeline;

/// <summary>Which events are asked for.</summary>
internal sealed record EventQuery
{
    /// <summary>Only events past this place.</summary>
    public long After { get; init; }

    /// <summary>Only events before this place. Unset: to the end.</summary>
    public long? Before { get; init; }

    /// <summary>Only the newest so many. Unset: from the start.</summary>
    public int? Tail { get; init; }

    /// <summary>At most so many at once.</summary>
    public int Limit { get; init; } = 100;

    /// <summary>Only events that name this app. Unset: all.</summary>
    public string? App { get; init; }

    /// <summary>Only events of this wire name. Unset: all.</summary>
    public string? Type { get; init; }

    /// <summary>Only events of this deployment. Unset: all.</summary>
    public Guid? Deployment { get; init; }
}

/// <summary>The tables <c>timeline</c> and <c>timeline_head</c>.</summary>
internal sealed class EventTable([FromKeyedServices(BackofficeRegistrations.Service)] Journal journal)
{
    private const string Columns = "seq, id, type, at, host, CAST(body AS BLOB), hash";

    /// <summary>Adds an event at the end of the chain.</summary>
    /// <returns>Its place, or null when it is recorded already.</returns>
    public static long? Append(JournalTransaction transaction, string id, string type, DateTimeOffset at, string host, string body)
    {
        if (transaction.Query<long>("SELECT seq FROM timeline WHERE id = @id", new { id }).Count > 0)
            return null;

        var head = transaction.Query<Head>("SELECT seq, hash FROM timeline_head")[0];
        var seq = head.Seq + 1;
        var moment = at.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fffffff'Z'", CultureInfo.InvariantCulture);
        var bytes = Encoding.UTF8.GetBytes(body);
        using var chain = new EventHash();
        var hash = chain.Next(Bytes(head.Hash), seq, Bytes(id), Bytes(type), Bytes(moment), Bytes(host), bytes);
        transaction.Execute(
            "INSERT INTO timeline (seq, id, type, at, host, body, hash) VALUES (@seq, @id, @type, @moment, @host, CAST(@bytes AS TEXT), @hash)",
            new { seq, id, type, moment, host, bytes, hash });
        transaction.Execute("UPDATE timeline_head SET seq = @seq, hash = @hash", new { seq, hash });
        return seq;
    }

    /// <summary>The place of the newest event; 0 when there is none.</summary>
    public long Newest() => journal.Read(connection => connection.ExecuteScalar<long>("SELECT seq FROM timeline_head"));

    /// <summary>Events that match, oldest first.</summary>
    public IReadOnlyList<StoredEvent> Read(EventQuery query) => journal.Read(connection =>
    {
        var newestFirst = query.Tail is not null;
        using var command = connection.CreateCommand();
        command.CommandText = $"SELECT {Columns} FROM timeline WHERE seq > @after{Filter()} ORDER BY seq {(newestFirst ? "DESC" : "")} LIMIT @limit";
        command.Parameters.AddWithValue("@after", query.After);
        command.Parameters.AddWithValue("@limit", query.Tail ?? query.Limit);
        var events = new List<StoredEvent>();
        using var reader = command.ExecuteReader();
        while (reader.Read())
        {
            events.Add(new StoredEvent(
                reader.GetInt64(0), reader.GetString(1), reader.GetString(2), reader.GetString(3), reader.GetString(4), Column(reader, 5), reader.GetString(6)));
        }

        if (newestFirst)
            events.Reverse();
        return events;

        string Filter() => Before() + Where("app", query.App) + Where("type", query.Type) + Where("deployment_id", query.Deployment?.ToString());

        string Before()
        {
            if (query.Before is null)
                return "";
            command.Parameters.AddWithValue("@before", query.Before);
            return " AND seq < @before";
        }

        string Where(string column, string? value)
        {
            if (value is null)
                return "";
            command.Parameters.AddWithValue($"@{column}", value);
            return $" AND {column} = @{column}";
        }
    });

    /// <summary>Walks the chain over the stored bytes, one event in memory at a time, and stops at the first that is not as it was recorded.</summary>
    public Verification Verify() => journal.Read(connection =>
    {
        // One snapshot: events told meanwhile are not missed at the end.
        using var snapshot = connection.BeginTransaction(deferred: true);
        var head = connection.QuerySingle<Head>("SELECT seq, hash FROM timeline_head", transaction: snapshot);
        using var command = connection.CreateCommand();
        command.Transaction = snapshot;
        command.CommandText = "SELECT seq, CAST(id AS BLOB), CAST(type AS BLOB), CAST(at AS BLOB), CAST(host AS BLOB), CAST(body AS BLOB), CAST(hash AS BLOB) FROM timeline ORDER BY seq";
        using var reader = command.ExecuteReader();
        using var chain = new EventHash();
        long walked = 0;
        var previous = Bytes(EventHash.First);
        while (reader.Read())
        {
            var seq = reader.GetInt64(0);
            if (seq != walked + 1)
                return Broken(walked + 1, $"Event {walked + 1} is missing: after {walked} comes {seq}.");
            if (seq > head.Seq)
                return Broken(seq, $"Event {seq} was added behind the recorded end of the timeline, {head.Seq}.");
            var hash = Column(reader, 6);
            if (!hash.AsSpan().SequenceEqual(Bytes(chain.Next(previous, seq, Column(reader, 1), Column(reader, 2), Column(reader, 3), Column(reader, 4), Column(reader, 5)))))
                return Broken(seq, $"Event {seq} is not as it was recorded: its content or its hash was changed.");
            (previous, walked) = (hash, seq);
        }

        var newest = Encoding.UTF8.GetString(previous);
        if (walked < head.Seq)
            return Broken(walked + 1, $"Event {walked + 1} is missing: {head.Seq} events were recorded, {walked} are left.");
        return head.Hash == newest
            ? new Verification(Ok: true, walked, newest)
            : Broken(walked, $"The recorded end of the timeline has not the hash of event {walked}: one of the two was changed.");

        Verification Broken(long seq, string problem) => new(Ok: false, walked, Encoding.UTF8.GetString(previous), new VerificationProblem(seq, problem));
    });

    private static byte[] Column(SqliteDataReader reader, int column) => reader.GetFieldValue<byte[]>(column);

    private static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);

    private sealed class Head
    {
        public long Seq { get; init; }

        public string Hash { get; init; } = "";
    }
}

/// <summary>What a walk over the chain found.</summary>
/// <param name="Ok">Every event is as it was recorded, and none is missing.</param>
/// <param name="Events">Events found good; with a problem, those before it.</param>
/// <param name="Head">The hash of the newest of them. Kept elsewhere, it shows later that nothing before it was changed.</param>
/// <param name="Problem">The first event that is wrong. Unset: none is.</param>
internal sealed record Verification(bool Ok, long Events, string Head, VerificationProblem? Problem = null);

/// <param name="Seq">The event.</param>
/// <param name="Problem">What is wrong with it.</param>
internal sealed record VerificationProblem(long Seq, string Problem);
