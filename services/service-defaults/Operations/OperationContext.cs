using System.Text.Json;

using Mambo.Contracts;

namespace Mambo.ServiceDefaults.Operations;

/// <summary>What a step knows of its operation and may ask of the journal.</summary>
public abstract class OperationContext
{
    private const int MostProgressLines = 2000;

    private readonly List<PlatformEvent> _told = [];
    private readonly List<Action<JournalTransaction>> _onCommit = [];
    private readonly OperationRow _row;
    private Task _written = Task.CompletedTask;
    private int _lines;

    private protected OperationContext(OperationRow row) => _row = row;

    /// <summary>The operation's id; also the correlation id of its messages.</summary>
    public Guid Id => _row.Id;

    /// <summary>What it is about; operations of one subject never run at once.</summary>
    public string Subject => _row.Subject;

    /// <summary>Who asked.</summary>
    public string? RequestedBy => _row.RequestedBy;

    /// <summary>When it was accepted.</summary>
    public DateTimeOffset AcceptedAt => _row.AcceptedAt;

    /// <summary>An earlier try of this step was cut off; part of its work may be done.</summary>
    public bool Resumed { get; internal set; }

    /// <summary>From acceptance to now.</summary>
    public double SecondsSinceAccepted => ((Time ?? TimeProvider.System).GetUtcNow() - AcceptedAt).TotalSeconds;

    internal Journal? Journal { get; set; }

    internal TimeProvider? Time { get; set; }

    internal string CurrentStep { get; set; } = "";

    /// <summary>Keeps a line of progress with the operation. Past 2,000 lines the rest are dropped.</summary>
    public void Progress(string line)
    {
        if (Journal is null || _lines >= MostProgressLines)
            return;
        _lines++;
        var (step, journal) = (CurrentStep, Journal);
        _written = journal.WriteAsync(transaction => transaction.Execute(
            """
            INSERT INTO progress (operation_id, number, step, at, line)
            SELECT @Id, COALESCE(MAX(number), 0) + 1, @step, @Now, @line FROM progress WHERE operation_id = @Id
            """,
            new { Id, step, transaction.Now, line }));
    }

    /// <summary>Tells an event in the transaction that commits the step.</summary>
    public void Tell(PlatformEvent happened) => _told.Add(happened);

    /// <summary>Runs <paramref name="work"/> in the transaction that commits the step.</summary>
    public void OnCommit(Action<JournalTransaction> work) => _onCommit.Add(work);

    /// <summary>Saves the state now, so that what the step is about to do to the world is known after a crash.</summary>
    public Task CheckpointAsync() => Journal!.WriteAsync(SaveState);

    internal abstract string StateJson();

    internal void SaveState(JournalTransaction transaction) =>
        transaction.Execute("UPDATE operations SET data = @data WHERE id = @Id", new { data = StateJson(), Id });

    /// <summary>The journal writes in order, so the last line on disk means all are.</summary>
    internal Task ProgressWrittenAsync() => _written;

    internal void CommitStep(JournalTransaction transaction)
    {
        foreach (var work in _onCommit)
            work(transaction);
        foreach (var happened in _told)
            transaction.Tell(happened, lane: Id.ToString());
        SaveState(transaction);
    }

    internal void ForgetStep()
    {
        _told.Clear();
        _onCommit.Clear();
    }
}

/// <inheritdoc/>
/// <typeparam name="TCommand">What was asked.</typeparam>
/// <typeparam name="TState">What the operation has to remember from step to step; JSON in the journal.</typeparam>
public sealed class OperationContext<TCommand, TState> : OperationContext
    where TCommand : notnull
    where TState : class, new()
{
    internal OperationContext(OperationRow row)
        : base(row)
    {
        Command = JsonSerializer.Deserialize<TCommand>(row.Command, WireJson.Options)!;
        State = JsonSerializer.Deserialize<TState>(row.Data, WireJson.Options)!;
    }

    /// <summary>What was asked.</summary>
    public TCommand Command { get; }

    /// <summary>Saved with each step and by <see cref="OperationContext.CheckpointAsync"/>.</summary>
    public TState State { get; }

    internal override string StateJson() => JsonSerializer.Serialize(State, WireJson.Options);
}
