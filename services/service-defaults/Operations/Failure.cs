using Mambo.Contracts.Deployments;

namespace Mambo.ServiceDefaults.Operations;

/// <summary>Why an operation did not do what was asked.</summary>
/// <param name="Reason">One word for programs: one of the service's own, or one of <see cref="FailureReasons"/>.</param>
/// <param name="Message">One or two sentences for a person.</param>
public sealed record Failure(string Reason, string Message)
{
    /// <summary>Exit code of the command that failed. Unset: no command was involved.</summary>
    public int? ExitCode { get; init; }

    /// <summary>Last lines the failed command or container printed.</summary>
    public IReadOnlyList<string> Output { get; init; } = [];

    /// <summary>Every fault of what was asked, when that is the reason.</summary>
    public IReadOnlyList<FieldError> Errors { get; init; } = [];
}

/// <summary>Reasons the runner itself gives.</summary>
public static class FailureReasons
{
    /// <summary>A step passed its deadline.</summary>
    public const string DeadlineExceeded = nameof(DeadlineExceeded);

    /// <summary>The service died in the same step too often.</summary>
    public const string Interrupted = nameof(Interrupted);

    /// <summary>An exception nobody expected.</summary>
    public const string Internal = nameof(Internal);

    /// <summary>Not a failure: a newer operation, whose id is the message, made this one needless.</summary>
    internal const string Superseded = nameof(Superseded);
}

/// <summary>Thrown by a step to end its operation; what was done is undone.</summary>
public sealed class OperationFailedException(Failure failure) : Exception(failure.Message)
{
    /// <summary>Why.</summary>
    public Failure Failure { get; } = failure;
}

/// <summary>Thrown by a step when a newer operation makes its own needless; what was done is undone.</summary>
public sealed class OperationSupersededException(Guid by) : Exception($"Superseded by {by}.")
{
    /// <summary>The newer operation.</summary>
    public Guid By { get; } = by;
}
