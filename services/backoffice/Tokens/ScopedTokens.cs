using System.Security.Cryptography;
using System.Text;

using Dapper;

using Mambo.ServiceDefaults.Operations;

namespace Mambo.Backoffice.Tokens;

/// <summary>Tokens for one app: those the owner made, and those CI got in exchange. The journal knows them by their SHA-256, which says nothing of 256 random bits.</summary>
internal sealed class ScopedTokens([FromKeyedServices(BackofficeRegistrations.Service)] Journal journal, TimeProvider time)
{
    /// <summary>How the tokens of the owner begin; scanners for leaked secrets find them by it.</summary>
    public const string OfOwner = "mbt_";

    /// <summary>How those of CI begin.</summary>
    public const string OfCi = "mbc_";

    /// <summary>Null: it is not known, or has expired.</summary>
    public Caller? Find(string token)
    {
        var parameters = new { hash = HashOf(token), now = time.GetUtcNow() };
        if (token.StartsWith(OfOwner, StringComparison.Ordinal))
        {
            return journal.Read(connection => connection.QuerySingleOrDefault<(string Name, string App)?>(
                "SELECT name, app FROM api_tokens WHERE hash = @hash AND expires_at > @now", parameters)) is var (name, app) ? new Caller(name, new Scope(app)) : null;
        }

        if (!token.StartsWith(OfCi, StringComparison.Ordinal))
            return null;
        return journal.Read(connection => connection.QuerySingleOrDefault<(string Requester, string App, string Commit, string Repository)?>(
            """SELECT requester, app, "commit", repository FROM ci_grants WHERE handle_hash = @hash AND expires_at > @now""", parameters)) is var (requester, of, commit, repository)
            ? new Caller(requester, new Scope(of, commit, repository))
            : null;
    }

    public static string HashOf(string token) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(token)));
}
