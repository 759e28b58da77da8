using System.Text.Json;

using Dapper;

using Mambo.Contracts;

namespace Mambo.ServiceDefaults.Operations;

/// <summary>An operation as it stands.</summary>
public sealed record OperationStatus(
    Guid Id,
    string Kind,
    string Subject,
    OperationState State,
    string? RequestedBy,
    DateTimeOffset AcceptedAt,
    DateTimeOffset? EndedAt,
    Failure? Failure,
    string? FailedStep,
    string? LeftBehind,
    IReadOnlyList<StepStatus> Steps);

/// <summary>A step that began.</summary>
public sealed class StepStatus
{
    /// <summary>Its place, from 1.</summary>
    public int Number { get; init; }

    /// <summary>Its name.</summary>
    public string Name { get; init; } = "";

    /// <summary>When it first began.</summary>
    public DateTimeOffset StartedAt { get; init; }

    /// <summary>When it ended well. Unset: it has not.</summary>
    public DateTimeOffset? EndedAt { get; init; }

    /// <summary>When it was taken back. Unset: it was not.</summary>
    public DateTimeOffset? UndoneAt { get; init; }
}

/// <summary>A line an operation printed on its way.</summary>
public sealed class ProgressLine
{
    /// <summary>The step it came from.</summary>
    public string Step { get; init; } = "";

    /// <summary>When.</summary>
    public DateTimeOffset At { get; init; }

    /// <summary>The text.</summary>
    public string Line { get; init; } = "";
}

/// <summary>Questions about what a service did and does.</summary>
public static class OperationHistory
{
    /// <summary>The operation with this id, or null.</summary>
    public static OperationStatus? Find(this Journal journal, Guid id) =>
        journal.Read(connection => Load(connection, "SELECT * FROM operations WHERE id = @id", new { id }).SingleOrDefault());

    /// <summary>Operations, newest first.</summary>
    /// <param name="journal">The journal.</param>
    /// <param name="subject">Only those of this subject. Null: all.</param>
    /// <param name="limit">At most so many.</param>
    public static IReadOnlyList<OperationStatus> List(this Journal journal, string? subject, int limit) => journal.Read(connection => Load(
        connection, "SELECT * FROM operations WHERE @subject IS NULL OR subject = @subject ORDER BY sequence DESC LIMIT @limit", new { subject, limit }));

    /// <summary>What an operation printed, oldest first.</summary>
    public static IReadOnlyList<ProgressLine> ProgressOf(this Journal journal, Guid id) => journal.Read(connection =>
        connection.Query<ProgressLine>("SELECT step, at, line FROM progress WHERE operation_id = @id ORDER BY number", new { id }).AsList());

    private static List<OperationStatus> Load(Microsoft.Data.Sqlite.SqliteConnection connection, string sql, object parameters) =>
        [.. connection.Query<OperationRow>(sql, parameters).AsList().Select(row => new OperationStatus(
            row.Id,
            row.Kind,
            row.Subject,
            row.State,
            row.RequestedBy,
            row.AcceptedAt,
            row.EndedAt,
            row.Failure is { } json ? JsonSerializer.Deserialize<Failure>(json, WireJson.Options) : null,
            row.FailedStep,
            row.LeftBehind,
            connection.Query<StepStatus>("SELECT * FROM steps WHERE operation_id = @Id ORDER BY number", new { row.Id }).AsList()))];
}
