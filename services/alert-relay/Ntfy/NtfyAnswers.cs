namespace Mambo.AlertRelay.Ntfy;

/// <summary>What became of a message.</summary>
internal abstract record PublishOutcome;

/// <summary>The server has it.</summary>
/// <param name="MessageId">The id it gave it.</param>
internal sealed record Taken(string MessageId) : PublishOutcome;

/// <summary>The server will never take it.</summary>
/// <param name="Reason">What it said, and the remedy.</param>
internal sealed record Refused(string Reason) : PublishOutcome;

/// <summary>Worth another try later.</summary>
/// <param name="Reason">What went wrong.</param>
internal sealed record NotNow(string Reason) : PublishOutcome
{
    /// <summary>The request may have arrived: the server can have the message although it did not say so.</summary>
    public bool MaybeTaken { get; init; }

    /// <summary>The server failed while it handled this message; others may do better.</summary>
    public bool OnlyThisOne { get; init; }

    /// <summary>How long the server asks to be left alone. Null: it did not say.</summary>
    public TimeSpan? RetryAfter { get; init; }
}

/// <summary>What a look at the topic showed.</summary>
internal abstract record LookOutcome;

/// <summary>The message is there.</summary>
internal sealed record Found(string MessageId) : LookOutcome;

/// <summary>It is not there.</summary>
internal sealed record Absent : LookOutcome;

/// <summary>The topic may be written but not read, so nobody can tell.</summary>
internal sealed record ReadingNotAllowed : LookOutcome;

/// <summary>The server did not answer the question.</summary>
internal sealed record Unknown(string Reason, TimeSpan? RetryAfter = null) : LookOutcome;
