using System.Text.Json;

using Mambo.Contracts;

namespace Mambo.ServiceDefaults.Operations;

/// <summary>A kind of long work, as the runner sees it. Services derive from <see cref="Operation{TCommand,TState}"/>.</summary>
public abstract class Operation
{
    /// <summary>The wire name of the command that asks for it.</summary>
    public abstract string Kind { get; }

    /// <summary>The names of its steps, in order.</summary>
    public abstract IReadOnlyList<string> StepNames { get; }

    /// <summary>The log property that carries the operation's id. Default: <c>operation_id</c>.</summary>
    public virtual string IdProperty => "operation_id";

    /// <summary>The log property that carries the subject. Default: <c>subject</c>.</summary>
    public virtual string SubjectProperty => "subject";

    internal abstract OperationRow Accept(Guid id, object command, string? requestedBy, string? traceParent, DateTimeOffset now);

    internal abstract OperationContext Open(OperationRow row);

    internal abstract TimeSpan Deadline(int number);

    internal abstract bool CanUndo(int number);

    internal abstract Task DoAsync(int number, OperationContext context, CancellationToken cancellationToken);

    internal abstract Task UndoAsync(int number, OperationContext context, CancellationToken cancellationToken);

    internal abstract PlatformEvent TellAccepted(OperationRow row);

    internal abstract PlatformEvent TellStepCompleted(OperationContext context, StepOutcome step);

    internal abstract PlatformEvent TellCompleted(OperationContext context);

    internal abstract PlatformEvent TellFailed(OperationContext context, Failure failure, string? step, string? left);

    internal abstract PlatformEvent TellCancelled(OperationRow row, string? reason, string? by, string? step);

    internal abstract PlatformEvent TellSuperseded(OperationRow row, Guid by);
}

/// <summary>
/// Long work in named steps. The class holds no state of a run: it is made once, and everything a run remembers is in its context.
/// </summary>
/// <typeparam name="TCommand">What is asked; its wire name is the operation's kind.</typeparam>
/// <typeparam name="TState">What a run remembers from step to step.</typeparam>
public abstract class Operation<TCommand, TState> : Operation
    where TCommand : notnull
    where TState : class, new()
{
    private IReadOnlyList<Step<TCommand, TState>>? _steps;

    /// <inheritdoc/>
    public sealed override string Kind => WireNames.Of(typeof(TCommand));

    /// <inheritdoc/>
    public sealed override IReadOnlyList<string> StepNames => [.. All.Select(step => step.Name)];

    /// <summary>The steps, in order; asked for once.</summary>
    public abstract IReadOnlyList<Step<TCommand, TState>> Steps { get; }

    private IReadOnlyList<Step<TCommand, TState>> All => _steps ??= Steps;

    /// <summary>What the command is about. Operations of one subject run one after the other, in the order of acceptance.</summary>
    public abstract string Subject(TCommand command);

    /// <summary>Told when the operation is on disk.</summary>
    protected abstract PlatformEvent Accepted(OperationContext<TCommand, TState> operation);

    /// <summary>Told with each step that ended well.</summary>
    protected abstract PlatformEvent StepCompleted(OperationContext<TCommand, TState> operation, StepOutcome step);

    /// <summary>Told with the last step.</summary>
    protected abstract PlatformEvent Completed(OperationContext<TCommand, TState> operation);

    /// <summary>Told when everything that could be undone is.</summary>
    /// <param name="operation">The run.</param>
    /// <param name="failure">Why.</param>
    /// <param name="step">The step that failed.</param>
    /// <param name="left">What could not be undone. Null: nothing is left.</param>
    protected abstract PlatformEvent Failed(OperationContext<TCommand, TState> operation, Failure failure, string? step, string? left);

    /// <summary>Told when a person stopped it; <paramref name="step"/> is null when it had not begun.</summary>
    protected abstract PlatformEvent Cancelled(OperationContext<TCommand, TState> operation, string? reason, string? by, string? step);

    /// <summary>Told when a newer operation made it needless. Only kinds that are ever superseded have an answer.</summary>
    protected virtual PlatformEvent Superseded(OperationContext<TCommand, TState> operation, Guid by) =>
        throw new NotSupportedException($"{Kind} is never superseded.");

    internal sealed override OperationRow Accept(Guid id, object command, string? requestedBy, string? traceParent, DateTimeOffset now) => new()
    {
        Id = id,
        Kind = Kind,
        Subject = Subject((TCommand)command),
        Command = JsonSerializer.Serialize((TCommand)command, WireJson.Options),
        Data = JsonSerializer.Serialize(new TState(), WireJson.Options),
        RequestedBy = requestedBy,
        TraceParent = traceParent,
        AcceptedAt = now,
    };

    internal sealed override OperationContext Open(OperationRow row) => new OperationContext<TCommand, TState>(row);

    internal sealed override TimeSpan Deadline(int number) => All[number - 1].Deadline;

    internal sealed override bool CanUndo(int number) => All[number - 1].Undo is not null;

    internal sealed override Task DoAsync(int number, OperationContext context, CancellationToken cancellationToken) =>
        All[number - 1].Do(Typed(context), cancellationToken);

    internal sealed override Task UndoAsync(int number, OperationContext context, CancellationToken cancellationToken) =>
        All[number - 1].Undo!(Typed(context), cancellationToken);

    internal sealed override PlatformEvent TellAccepted(OperationRow row) => Accepted(Typed(Open(row)));

    internal sealed override PlatformEvent TellStepCompleted(OperationContext context, StepOutcome step) => StepCompleted(Typed(context), step);

    internal sealed override PlatformEvent TellCompleted(OperationContext context) => Completed(Typed(context));

    internal sealed override PlatformEvent TellFailed(OperationContext context, Failure failure, string? step, string? left) =>
        Failed(Typed(context), failure, step, left);

    internal sealed override PlatformEvent TellCancelled(OperationRow row, string? reason, string? by, string? step) =>
        Cancelled(Typed(Open(row)), reason, by, step);

    internal sealed override PlatformEvent TellSuperseded(OperationRow row, Guid by) => Superseded(Typed(Open(row)), by);

    private static OperationContext<TCommand, TState> Typed(OperationContext context) => (OperationContext<TCommand, TState>)context;
}
