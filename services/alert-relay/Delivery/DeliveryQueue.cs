using Dapper;

using Mambo.AlertRelay.Notifications;
using Mambo.Contracts;
using Mambo.Contracts.Alerts;
using Mambo.ServiceDefaults.Operations;

namespace Mambo.AlertRelay.Delivery;

/// <summary>The notifications that wait, on disk: every change of one is a transaction of the journal.</summary>
internal sealed class DeliveryQueue(Journal journal)
{
    /// <summary>AlertDelivered and AlertDeliveryFailed leave in the order of the ends they tell of.</summary>
    private const string Lane = "alerts";

    /// <summary>Puts a notification at the end, in the transaction that takes its event.</summary>
    /// <param name="transaction">The transaction.</param>
    /// <param name="happened">The event.</param>
    /// <param name="notification">What is told of it.</param>
    /// <param name="traceParent">The trace it belongs to. Null: none.</param>
    public static void Add(JournalTransaction transaction, PlatformEvent happened, Notification notification, string? traceParent) => transaction.Execute(
        """
        INSERT INTO notifications (id, about, group_key, title, body, priority, tags, click, trace_parent, happened_at, accepted_at)
        VALUES (@id, @about, @GroupKey, @Title, @Body, @priority, @tags, @click, @traceParent, @happenedAt, @Now)
        """,
        new
        {
            id = Guid.CreateVersion7(transaction.Now),
            about = WireNames.Of(happened.GetType()),
            notification.GroupKey,
            notification.Title,
            notification.Body,
            priority = (int)notification.Priority,
            tags = string.Join(' ', notification.Tags),
            click = notification.Click?.AbsoluteUri,
            traceParent,
            happenedAt = happened.OccurredAt == default ? transaction.Now : happened.OccurredAt,
            transaction.Now,
        });

    /// <summary>How many wait.</summary>
    public long Count() => journal.Read(connection => connection.ExecuteScalar<long>("SELECT COUNT(*) FROM notifications"));

    /// <summary>The one being sent; there is at most one. Null: none is.</summary>
    public NotificationRow? Begun() => First("attempts > 0 AND NOT stepped_aside");

    /// <summary>Of those that others no longer wait for, the one whose next try comes first. Null: there are none.</summary>
    public NotificationRow? SteppedAside() => First("attempts > 0 AND stepped_aside ORDER BY next_attempt_at");

    /// <summary>What has not been tried yet, by group.</summary>
    public IReadOnlyList<GroupWaiting> Waiting() => journal.Read(connection => connection.Query<(string GroupKey, long Count, long Oldest, long Newest)>(
        """
        SELECT group_key, COUNT(*), MIN(sequence), MAX(sequence)
        FROM notifications WHERE told_by IS NULL AND attempts = 0 GROUP BY group_key
        """).Select(group => new GroupWaiting(group.GroupKey, group.Count, group.Oldest, group.Newest)).ToList());

    /// <summary>The row's message, which tells those that were put together with it too.</summary>
    public Notification Message(NotificationRow row) => journal.Read(connection =>
    {
        var others = connection.ExecuteScalar<int>("SELECT COUNT(*) FROM notifications WHERE told_by = @Sequence", row);
        var titles = connection.Query<string>(
            "SELECT title FROM notifications WHERE told_by = @Sequence ORDER BY sequence DESC LIMIT @MostListed", new { row.Sequence, ManyAsOne.MostListed }).AsList();
        var since = connection.QuerySingle<DateTimeOffset>(
            "SELECT happened_at FROM notifications WHERE told_by = @Sequence OR sequence = @Sequence ORDER BY sequence LIMIT 1", row);
        return ManyAsOne.Tell(row.Notification(), others, titles, since);
    });

    /// <summary>Notes, before a request leaves, that it may arrive.</summary>
    /// <param name="sequence">The row.</param>
    /// <param name="withOlderOf">The group whose older rows are told with it. Null: none are.</param>
    /// <returns>The row with this try counted, and in doubt only when an earlier try left it so.</returns>
    public Task<NotificationRow> BeginAsync(long sequence, string? withOlderOf = null) => journal.WriteAsync(transaction =>
    {
        transaction.Execute(
            "UPDATE notifications SET told_by = @sequence WHERE group_key = @withOlderOf AND sequence < @sequence AND told_by IS NULL AND attempts = 0",
            new { sequence, withOlderOf });
        var row = transaction.Query<NotificationRow>("SELECT * FROM notifications WHERE sequence = @sequence", new { sequence })[0];
        transaction.Execute(
            "UPDATE notifications SET attempts = attempts + 1, in_doubt_since = COALESCE(in_doubt_since, @Now) WHERE sequence = @sequence",
            new { sequence, transaction.Now });
        return row with { Attempts = row.Attempts + 1 };
    });

    /// <summary>Leaves it for another try.</summary>
    public Task PutOffAsync(NotificationRow row, string reason, TimeSpan pause, bool maybeTaken, bool stepAside) => journal.WriteAsync(transaction => transaction.Execute(
        """
        UPDATE notifications
        SET next_attempt_at = @next, last_error = @reason, stepped_aside = @stepAside, in_doubt_since = CASE WHEN @maybeTaken THEN in_doubt_since END
        WHERE sequence = @Sequence
        """,
        new { next = transaction.Now + pause, reason, stepAside, maybeTaken, row.Sequence }));

    /// <summary>Ends it, and those told with it: the server has them.</summary>
    public Task EndAsync(NotificationRow row, string messageId) => EndAsync(row, (ended, now) => new AlertDelivered
    {
        NotificationId = ended.Id,
        About = ended.About,
        Title = ended.Title,
        MessageId = messageId,
        Attempts = row.Attempts,
        Seconds = (now - ended.HappenedAt).TotalSeconds,
    });

    /// <summary>Ends it, and those to be told with it: nobody will hear of them.</summary>
    public Task FailAsync(NotificationRow row, string message) => EndAsync(row, (ended, _) => new AlertDeliveryFailed
    {
        NotificationId = ended.Id,
        About = ended.About,
        Title = ended.Title,
        Message = message,
        Attempts = row.Attempts,
    });

    private Task EndAsync(NotificationRow row, Func<NotificationRow, DateTimeOffset, PlatformEvent> happened) => journal.WriteAsync(transaction =>
    {
        foreach (var ended in transaction.Query<NotificationRow>(
            "SELECT * FROM notifications WHERE told_by = @Sequence OR sequence = @Sequence ORDER BY sequence", row))
        {
            transaction.Tell(happened(ended, transaction.Now), messageId: $"{ended.Id}:ended", Lane);
        }

        transaction.Execute("DELETE FROM notifications WHERE told_by = @Sequence OR sequence = @Sequence", row);
    });

    private NotificationRow? First(string condition) => journal.Read(connection =>
        connection.QueryFirstOrDefault<NotificationRow>($"SELECT * FROM notifications WHERE {condition} LIMIT 1"));
}
