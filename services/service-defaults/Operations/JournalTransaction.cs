using System.Text.Json;

using Dapper;

using Mambo.Contracts;
using Mambo.ServiceDefaults.Bus;

using Microsoft.Data.Sqlite;

namespace Mambo.ServiceDefaults.Operations;

/// <summary>What became of the wish to stop an operation.</summary>
public enum CancelOutcome
{
    /// <summary>No operation has this id.</summary>
    NotFound,

    /// <summary>It has already ended.</summary>
    AlreadyEnded,

    /// <summary>It had not begun and never will.</summary>
    Cancelled,

    /// <summary>It is running; it will undo what it did and then end.</summary>
    Requested,
}

/// <summary>One atomic write to a journal. Valid only inside the delegate it is given to.</summary>
public sealed class JournalTransaction
{
    private static readonly TimeSpan RedeliveryWindow = TimeSpan.FromMinutes(10);

    private readonly Journal _journal;
    private readonly SqliteConnection _connection;
    private readonly PreparedStatements _prepared;
    private readonly SqliteTransaction _transaction;

    internal JournalTransaction(Journal journal, SqliteConnection connection, PreparedStatements prepared, SqliteTransaction transaction, DateTimeOffset now) =>
        (_journal, _connection, _prepared, _transaction, Now) = (journal, connection, prepared, transaction, now);

    /// <summary>The time of this transaction.</summary>
    public DateTimeOffset Now { get; }

    /// <summary>The trace of the caller whose work runs now; the writer's own thread has none.</summary>
    internal string? TraceParent { get; set; }

    internal bool ToldSomething { get; private set; }

    internal bool ChangedOperations { get; private set; }

    /// <summary>Notes that <paramref name="consumer"/> has taken this command. False: it has done so before; stop.</summary>
    /// <remarks>
    /// A plain AMQP client may send no message id. Such a command is known by its body, and only a redelivery by the broker counts as a repeat:
    /// sending the same text twice is two wishes. Past ten minutes a redelivery is carried out again, since losing a wish is worse than repeating it.
    /// </remarks>
    public bool Receive<TCommand>(Delivery<TCommand> delivery, string consumer)
        where TCommand : Command
    {
        if (delivery.MessageId is { } id)
            return Receive(id, consumer);

        var standIn = $"body:{delivery.BodyDigest}";
        var taken = Query<DateTimeOffset?>("SELECT received_at FROM inbox WHERE message_id = @standIn AND consumer = @consumer", new { standIn, consumer }).SingleOrDefault();
        _prepared.Execute(
            _transaction,
            "INSERT OR REPLACE INTO inbox (message_id, consumer, received_at) VALUES (@standIn, @consumer, @now)",
            ("@standIn", standIn), ("@consumer", consumer), ("@now", JournalDatabase.Text(Now)));
        return !delivery.Redelivered || taken is null || Now - taken > RedeliveryWindow;
    }

    /// <summary>Notes that <paramref name="consumer"/> has taken this event. False: it has done so before; stop.</summary>
    public bool Receive(EventDelivery delivery, string consumer) => Receive(delivery.MessageId, consumer);

    /// <summary>Puts an event into the outbox. It leaves after the commit, and events told under the same <paramref name="lane"/> leave in order.</summary>
    /// <param name="happened">The event; its time and host are stamped when left unset.</param>
    /// <param name="messageId">The id receivers know repeats by. Unset: a new one.</param>
    /// <param name="lane">What it is about. Unset: the type's own lane.</param>
    public void Tell(PlatformEvent happened, string? messageId = null, string? lane = null)
    {
        var stamped = happened with
        {
            OccurredAt = happened.OccurredAt == default ? Now : happened.OccurredAt,
            Host = happened.Host.Length == 0 ? _journal.Host : happened.Host,
        };
        Post(stamped, messageId ?? Guid.CreateVersion7(Now).ToString(), lane ?? WireNames.Of(happened.GetType()), route: null);
    }

    /// <summary>Puts a command for <paramref name="host"/> into the outbox. It waits there until somebody listens.</summary>
    /// <param name="command">The command.</param>
    /// <param name="host">Where its service runs.</param>
    /// <param name="messageId">The id the receiver knows repeats by.</param>
    /// <param name="lane">What it is about: commands of one lane leave in order, each once the one before it is taken. Unset: it waits for no other.</param>
    public void Send(Command command, string host, string messageId, string? lane = null) =>
        Post(command, messageId, lane ?? $"{WireNames.Of(command.GetType())}:{messageId}", route: host);

    /// <summary>Queues an operation and tells that it is accepted. False: an operation with this id exists; nothing is written.</summary>
    public bool Enqueue<TCommand>(Operation operation, TCommand command, Guid id, string? requestedBy)
        where TCommand : notnull
    {
        var row = operation.Accept(id, command, requestedBy, TraceParent, Now);
        var added = _prepared.Execute(
            _transaction,
            """
            INSERT INTO operations (id, kind, subject, state, command, data, requested_by, trace_parent, accepted_at)
            VALUES (@id, @kind, @subject, 'queued', @command, @data, @requestedBy, @traceParent, @acceptedAt)
            ON CONFLICT (id) DO NOTHING
            """,
            ("@id", row.Id.ToString()), ("@kind", row.Kind), ("@subject", row.Subject), ("@command", row.Command), ("@data", row.Data),
            ("@requestedBy", row.RequestedBy), ("@traceParent", row.TraceParent), ("@acceptedAt", JournalDatabase.Text(row.AcceptedAt)));
        if (added == 0)
            return false;

        Tell(operation.TellAccepted(row), messageId: $"{id}:accepted", lane: id.ToString());
        ChangedOperations = true;
        return true;
    }

    /// <summary>Asks an operation to stop. One that waits ends at once; one that runs undoes what it did.</summary>
    public CancelOutcome RequestCancel(Guid id, string? reason, string? by)
    {
        if (Query<OperationRow>("SELECT * FROM operations WHERE id = @id", new { id }) is not [var row])
            return CancelOutcome.NotFound;
        if (row.EndedAt is not null || row.State == OperationState.Undoing)
            return CancelOutcome.AlreadyEnded;

        ChangedOperations = true;
        Execute("UPDATE operations SET cancel_asked = 1, cancel_reason = @reason, cancel_by = @by WHERE id = @id", new { id, reason, by });
        if (row.State == OperationState.Running)
            return CancelOutcome.Requested;

        Execute("UPDATE operations SET state = 'cancelled', ended_at = @Now WHERE id = @id", new { id, Now });
        var operation = _journal.Operations[row.Kind];
        Tell(operation.TellCancelled(row, reason, by, step: null), messageId: $"{id}:ended", lane: id.ToString());
        return CancelOutcome.Cancelled;
    }

    /// <summary>Commands of one type about a subject whose operations have not begun, in the order of acceptance.</summary>
    public IEnumerable<(Guid Id, TCommand Command)> Queued<TCommand>(string subject)
        where TCommand : Command => Query<OperationRow>(
            "SELECT * FROM operations WHERE subject = @subject AND kind = @kind AND state = 'queued' AND ended_at IS NULL ORDER BY sequence",
            new { subject, kind = WireNames.Of(typeof(TCommand)) })
        .Select(row => (row.Id, JsonSerializer.Deserialize<TCommand>(row.Command, WireJson.Options)!));

    /// <summary>Ends an operation that has not begun because a newer one makes it needless. False: it has begun or ended.</summary>
    public bool Supersede(Guid id, Guid by)
    {
        if (Query<OperationRow>("SELECT * FROM operations WHERE id = @id AND state = 'queued'", new { id }) is not [var row])
            return false;
        Execute("UPDATE operations SET state = 'superseded', ended_at = @Now WHERE id = @id", new { id, Now });
        Tell(_journal.Operations[row.Kind].TellSuperseded(row, by), messageId: $"{id}:ended", lane: id.ToString());
        ChangedOperations = true;
        return true;
    }

    /// <summary>Runs a statement on the service's own tables and returns how many rows it changed.</summary>
    public int Execute(string sql, object? parameters = null) => _connection.Execute(sql, parameters, _transaction);

    /// <summary>Queries inside the transaction.</summary>
    public IReadOnlyList<T> Query<T>(string sql, object? parameters = null) => _connection.Query<T>(sql, parameters, _transaction).AsList();

    private bool Receive(string messageId, string consumer) => _prepared.Execute(
        _transaction,
        "INSERT INTO inbox (message_id, consumer, received_at) VALUES (@messageId, @consumer, @now) ON CONFLICT DO NOTHING",
        ("@messageId", messageId), ("@consumer", consumer), ("@now", JournalDatabase.Text(Now))) == 1;

    private void Post(object message, string messageId, string lane, string? route)
    {
        // The same id is the same message: it is already on its way.
        _prepared.Execute(
            _transaction,
            """
            INSERT INTO outbox (message_id, lane, type, body, route, trace_parent, created_at)
            VALUES (@messageId, @lane, @type, @body, @route, @traceParent, @now)
            ON CONFLICT (message_id) DO NOTHING
            """,
            ("@messageId", messageId), ("@lane", lane), ("@type", WireNames.Of(message.GetType())), ("@body", JsonSerializer.Serialize(message, message.GetType(), WireJson.Options)),
            ("@route", route), ("@traceParent", TraceParent), ("@now", JournalDatabase.Text(Now)));
        ToldSomething = true;
    }
}
