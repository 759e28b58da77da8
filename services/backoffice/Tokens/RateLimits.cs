using System.Net;
using System.Threading.RateLimiting;

using Mambo.ServiceDefaults.Configuration;

namespace Mambo.Backoffice.Tokens;

/// <summary>
/// Token buckets that hold a minute's worth of requests: one per name of a token, one per repository of CI, and a small one per address for requests whose token is not
/// known. A bucket nobody uses is dropped.
/// </summary>
internal sealed class RateLimits(ApiOptions options, CiOptions ci) : IDisposable
{
    /// <summary>Requests without a known token an address may make in a minute.</summary>
    public const int FailuresPerMinute = 60;

    private readonly PartitionedRateLimiter<string> _tokens = PerMinute<string>(options.RequestsPerMinute);
    private readonly PartitionedRateLimiter<string> _repositories = PerMinute<string>(ci.RequestsPerMinute);
    private readonly PartitionedRateLimiter<IPAddress> _strangers = PerMinute<IPAddress>(FailuresPerMinute);

    /// <summary>Takes one request out of the bucket of a token, or of the repository that got it. Null: it was there; else how long until one is.</summary>
    public TimeSpan? TakeFor(Caller caller) => caller.Scope?.Repository is { } repository ? TakeForRepository(repository) : Take(_tokens, caller.Name);

    /// <summary>Takes one request out of a repository's bucket. Null: it was there; else how long until one is.</summary>
    public TimeSpan? TakeForRepository(string repository) => Take(_repositories, repository);

    /// <summary>Takes one failure out of an address's bucket. Null: it was there; else how long until one is.</summary>
    public TimeSpan? TakeFor(IPAddress address) => Take(_strangers, address);

    public void Dispose()
    {
        _tokens.Dispose();
        _repositories.Dispose();
        _strangers.Dispose();
    }

    private static TimeSpan? Take<TKey>(PartitionedRateLimiter<TKey> limiter, TKey key)
    {
        using var lease = limiter.AttemptAcquire(key);
        if (lease.IsAcquired)
            return null;
        return lease.TryGetMetadata(MetadataName.RetryAfter, out var wait) ? wait : TimeSpan.FromMinutes(1);
    }

    private static PartitionedRateLimiter<TKey> PerMinute<TKey>(int requests)
        where TKey : notnull =>
        PartitionedRateLimiter.Create<TKey, TKey>(key => RateLimitPartition.GetTokenBucketLimiter(key, _ => new TokenBucketRateLimiterOptions
        {
            TokenLimit = requests,
            TokensPerPeriod = 1,
            ReplenishmentPeriod = TimeSpan.FromMinutes(1) / requests,
            QueueLimit = 0,
        }));
}
