using System.Collections.Concurrent;
using System.Text.Json;

using Microsoft.IdentityModel.Tokens;

namespace Mambo.Backoffice.Ci;

/// <summary>
/// The keys of the issuers. They are asked for anew when they are half a day old, or when a token names one that is not among them; the latter can be anybody's doing, so an issuer
/// is asked at most once in five minutes. While it does not answer, the keys it told last are good for a week.
/// </summary>
internal sealed partial class IssuerKeys(KeyTable table, KeyFetch fetch, TimeProvider time, ILogger<IssuerKeys> logger)
{
    public static readonly TimeSpan Fresh = TimeSpan.FromHours(12);
    public static readonly TimeSpan Usable = TimeSpan.FromDays(7);
    public static readonly TimeSpan BetweenFetches = TimeSpan.FromMinutes(5);

    /// <summary>Without any keys nothing can be taken at all, so the next try comes sooner.</summary>
    public static readonly TimeSpan BetweenFirstFetches = TimeSpan.FromSeconds(15);

    private readonly ConcurrentDictionary<string, Known> _issuers = new(StringComparer.Ordinal);

    /// <summary>The key of this id, or why there is none.</summary>
    public async Task<(JsonWebKey? Key, Refusal? Refusal)> FindAsync(string issuer, string keyId)
    {
        var known = _issuers.GetOrAdd(issuer, _ => new Known());
        await known.Turn.WaitAsync();
        try
        {
            known.Keys ??= table.Find(issuer);
            if (IsDue(known, keyId))
                await FetchAsync(issuer, known);
            if (known.Keys is not { } keys || time.GetUtcNow() - keys.FetchedAt > Usable)
                return (null, new Refusal(RefusalReason.KeysUnavailable, $"{issuer} does not tell its keys"));
            return keys.Find(keyId) is { } key ? (key, null) : (null, new Refusal(RefusalReason.UnknownKey, $"{issuer} has no key {CiClaims.Shown(keyId)}"));
        }
        finally
        {
            known.Turn.Release();
        }
    }

    private bool IsDue(Known known, string keyId)
    {
        var now = time.GetUtcNow();
        if (known.Keys is not { } keys)
            return now - known.TriedAt >= BetweenFirstFetches;
        var last = known.TriedAt > keys.FetchedAt ? known.TriedAt : keys.FetchedAt;
        return (now - keys.FetchedAt >= Fresh || keys.Find(keyId) is null) && now - last >= BetweenFetches;
    }

    private async Task FetchAsync(string issuer, Known known)
    {
        known.TriedAt = time.GetUtcNow();
        try
        {
            known.Keys = await fetch.FetchAsync(issuer);
        }
        catch (Exception fault) when (fault is HttpRequestException or JsonException or TaskCanceledException or InvalidOperationException)
        {
            LogNotTold(logger, issuer, fault.Message, known.Keys is null ? "none are known yet" : $"those of {known.Keys.FetchedAt:u} are used");
            return;
        }

        await table.SaveAsync(issuer, known.Keys);
    }

    [LoggerMessage(140, LogLevel.Warning, "{Issuer} did not tell its signing keys: {Problem} Of its keys {Known}")]
    private static partial void LogNotTold(ILogger logger, string issuer, string problem, string known);

    private sealed class Known
    {
        public SemaphoreSlim Turn { get; } = new(1);

        public SigningKeys? Keys { get; set; }

        public DateTimeOffset TriedAt { get; set; }
    }
}
