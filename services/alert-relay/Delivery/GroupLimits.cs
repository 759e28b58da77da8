namespace Mambo.AlertRelay.Delivery;

/// <summary>
/// How often one group may reach the phone: a few messages at once, then one a minute, so that neither a loop that deploys nor a sender of nonsense floods it.
/// Kept in memory: a restart forgives.
/// </summary>
internal sealed class GroupLimits
{
    /// <summary>Messages of one group that may leave at once.</summary>
    public const int AtOnce = 5;

    /// <summary>Time after which one more may.</summary>
    public static readonly TimeSpan RefillInterval = TimeSpan.FromMinutes(1);

    private readonly Dictionary<string, TokenBucket> _buckets = new(StringComparer.Ordinal);

    public int Available(string group, DateTimeOffset now) => _buckets.TryGetValue(group, out var bucket) ? bucket.Available(now) : AtOnce;

    public DateTimeOffset NextAt(string group, DateTimeOffset now) => _buckets.TryGetValue(group, out var bucket) ? bucket.NextAt(now) : now;

    /// <summary>Notes that a message of the group leaves.</summary>
    public void Take(string group, DateTimeOffset now)
    {
        // Full buckets say nothing; without them there are only groups of the last few minutes.
        foreach (var idle in _buckets.Where(pair => pair.Value.Available(now) == AtOnce).Select(pair => pair.Key).ToList())
            _buckets.Remove(idle);
        if (!_buckets.TryGetValue(group, out var bucket))
            _buckets.Add(group, bucket = new TokenBucket(AtOnce, RefillInterval));
        bucket.TryTake(now);
    }
}
