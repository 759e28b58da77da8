namespace Mambo.Contracts;

/// <summary>Asks one service to do something. Has exactly one consumer (per host, where the command names a host).</summary>
public abstract record Command
{
    /// <summary>Who asked: a token's name, a CI identity, a schedule. Unset: filled in at acceptance with the door the command came through.</summary>
    public string? RequestedBy { get; init; }

    /// <summary>When it was asked for. Unset: the time of acceptance.</summary>
    public DateTimeOffset? RequestedAt { get; init; }
}
