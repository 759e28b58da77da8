using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

using Mambo.Backoffice.Tokens;
using Mambo.ServiceDefaults.Configuration;
using Mambo.ServiceDefaults.Operations;

namespace Mambo.Backoffice.Ci;

/// <summary>What a token of CI was exchanged for.</summary>
/// <param name="Token">Opens this platform's API for one app and commit. Shown to nobody else, and stored nowhere.</param>
/// <param name="App">The app it may deploy.</param>
/// <param name="Commit">The commit it may deploy.</param>
/// <param name="ExpiresAt">When it ends.</param>
internal sealed record CiGrant(string Token, string App, string Commit, DateTimeOffset ExpiresAt);

/// <summary>Exchanges verified tokens, each once.</summary>
internal sealed partial class CiDesk(
    [FromKeyedServices(BackofficeRegistrations.Service)] Journal journal, CiOptions options, ILogger<CiDesk> logger)
{
    /// <summary>Long enough for a deployment to be followed to its end.</summary>
    public static readonly TimeSpan Lives = TimeSpan.FromMinutes(20);

    /// <summary>The same token with the same body gets the first answer again, as a client whose answer was lost asks for it.</summary>
    public async Task<(CiGrant? Grant, Refusal? Refusal)> ExchangeAsync(string raw, CiIdentity job, string app, string bodyDigest)
    {
        var (grant, refusal) = await journal.WriteAsync(transaction => Exchange(transaction, raw, job, app, bodyDigest));
        if (grant is not null)
            LogExchanged(logger, job.Requester, app, job.Sha);
        return (grant, refusal);
    }

    private (CiGrant?, Refusal?) Exchange(JournalTransaction transaction, string raw, CiIdentity job, string app, string bodyDigest)
    {
        var now = transaction.Now;
        transaction.Execute("DELETE FROM ci_grants WHERE forget_at <= @now", new { now });
        var earlier = transaction.Query<GrantRow>("SELECT * FROM ci_grants WHERE issuer = @Issuer AND jti = @TokenId", new { job.Issuer, job.TokenId });
        if (earlier is [var held])
        {
            var again = Handle(held.Salt, raw);
            return held.BodyDigest == bodyDigest && held.HandleHash == ScopedTokens.HashOf(again) && held.ExpiresAt > now
                ? (new CiGrant(again, held.App, held.Commit, held.ExpiresAt), null)
                : (null, new Refusal(RefusalReason.Replayed, $"the token {CiClaims.Shown(job.TokenId)} of {job.Requester} was exchanged before"));
        }

        if (BindingRules.Check(job, app, options.Apps) is { } refusal)
            return (null, refusal);

        var salt = RandomNumberGenerator.GetBytes(32);
        var grant = new CiGrant(Handle(salt, raw), app, job.Sha, now + Lives);
        var token = job.ExpiresAt + TokenVerifier.Skew;
        transaction.Execute(
            """
            INSERT INTO ci_grants (issuer, jti, body_digest, salt, handle_hash, app, "commit", repository, requester, expires_at, forget_at)
            VALUES (@Issuer, @TokenId, @bodyDigest, @salt, @hash, @app, @Sha, @RepositoryKey, @Requester, @expires, @forget)
            """,
            new
            {
                job.Issuer,
                job.TokenId,
                bodyDigest,
                salt,
                hash = ScopedTokens.HashOf(grant.Token),
                app,
                job.Sha,
                job.RepositoryKey,
                job.Requester,
                expires = grant.ExpiresAt,
                forget = token > grant.ExpiresAt ? token : grant.ExpiresAt,
            });
        return (grant, null);
    }

    /// <summary>Made of the token and the salt, so that it can be told again and is yet nowhere: who has only the one or only the other has nothing.</summary>
    private static string Handle(byte[] salt, string raw) => ScopedTokens.OfCi + Base64Url.EncodeToString(HMACSHA256.HashData(salt, Encoding.UTF8.GetBytes(raw)));

    [LoggerMessage(141, LogLevel.Information, "{Requester} may deploy {App} at {Commit}")]
    private static partial void LogExchanged(ILogger logger, string requester, string app, string commit);

    private sealed class GrantRow
    {
        public string BodyDigest { get; init; } = "";

        public byte[] Salt { get; init; } = [];

        public string HandleHash { get; init; } = "";

        public string App { get; init; } = "";

        public string Commit { get; init; } = "";

        public DateTimeOffset ExpiresAt { get; init; }
    }
}
