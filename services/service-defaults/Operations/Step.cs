namespace Mambo.ServiceDefaults.Operations;

/// <summary>A named part of an operation. It may run again after a crash, so it looks at the world before it acts.</summary>
/// <param name="Name">What it does, in a word or two; shown to people.</param>
/// <param name="Do">Returns when it is done; throws <see cref="OperationFailedException"/> when it cannot be.</param>
/// <param name="Deadline">Longest time for one try; also for its undo.</param>
/// <param name="Undo">Takes back what <paramref name="Do"/> did or half did; repeatable. Null: there is nothing to take back.</param>
public sealed record Step<TCommand, TState>(
    string Name,
    Func<OperationContext<TCommand, TState>, CancellationToken, Task> Do,
    TimeSpan Deadline,
    Func<OperationContext<TCommand, TState>, CancellationToken, Task>? Undo = null)
    where TCommand : notnull
    where TState : class, new();

/// <summary>A step that ended well.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Number">Its place, from 1.</param>
/// <param name="Of">How many steps there are.</param>
/// <param name="Seconds">From its first start to its end.</param>
public sealed record StepOutcome(string Name, int Number, int Of, double Seconds);
