namespace Mambo.AlertRelay.Delivery;

/// <summary>Grants so many at once, and one more per interval. Holds one time: when it would be full again.</summary>
/// <param name="capacity">Most at once.</param>
/// <param name="refillInterval">Time in which one comes back.</param>
internal sealed class TokenBucket(int capacity, TimeSpan refillInterval)
{
    private DateTimeOffset _full = DateTimeOffset.MinValue;

    /// <summary>How many may be taken now.</summary>
    public int Available(DateTimeOffset now) => capacity - (int)Math.Ceiling(Missing(now) / refillInterval);

    /// <summary>When one can be taken; not later than now when one can be taken now.</summary>
    public DateTimeOffset NextAt(DateTimeOffset now) => now + Missing(now) - (capacity - 1) * refillInterval;

    /// <summary>False: none is left.</summary>
    public bool TryTake(DateTimeOffset now)
    {
        if (Available(now) < 1)
            return false;
        _full = now + Missing(now) + refillInterval;
        return true;
    }

    /// <summary>Never more than the whole bucket, so that a clock set back does not shut it for long.</summary>
    private TimeSpan Missing(DateTimeOffset now)
    {
        var missing = _full - now;
        var whole = capacity * refillInterval;
        return missing < TimeSpan.Zero ? TimeSpan.Zero : missing < whole ? missing : whole;
    }
}
