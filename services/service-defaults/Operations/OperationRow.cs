namespace Mambo.ServiceDefaults.Operations;

/// <summary>Where an operation stands.</summary>
public enum OperationState
{
    /// <summary>On disk, not begun.</summary>
    Queued,

    /// <summary>In one of its steps.</summary>
    Running,

    /// <summary>Taking back what it did.</summary>
    Undoing,

    /// <summary>Done.</summary>
    Completed,

    /// <summary>Not done, and undone as far as possible.</summary>
    Failed,

    /// <summary>Stopped because someone asked for it, and undone as far as possible.</summary>
    Cancelled,

    /// <summary>Made needless by a newer one, and undone as far as possible.</summary>
    Superseded,
}

/// <summary>A row of the table <c>operations</c>.</summary>
internal sealed class OperationRow
{
    public Guid Id { get; init; }

    public string Kind { get; init; } = "";

    public string Subject { get; init; } = "";

    public OperationState State { get; init; }

    public string Command { get; init; } = "";

    public string Data { get; init; } = "{}";

    public string? RequestedBy { get; init; }

    public string? TraceParent { get; init; }

    public DateTimeOffset AcceptedAt { get; init; }

    public DateTimeOffset? EndedAt { get; init; }

    public int NextStep { get; init; } = 1;

    public int Tries { get; init; }

    public string? FailedStep { get; init; }

    public string? Failure { get; init; }

    public bool CancelAsked { get; init; }

    public string? CancelReason { get; init; }

    public string? CancelBy { get; init; }

    public string? LeftBehind { get; init; }
}
