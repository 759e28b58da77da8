using Dapper;

using Mambo.ServiceDefaults.Operations;

namespace Mambo.Backoffice.Ci;

/// <summary>The table <c>ci_keys</c>: what was told last outlives a restart and an issuer's outage.</summary>
internal sealed class KeyTable([FromKeyedServices(BackofficeRegistrations.Service)] Journal journal)
{
    public SigningKeys? Find(string issuer) => journal.Read(connection =>
        connection.QuerySingleOrDefault<(string Text, DateTimeOffset FetchedAt)?>("SELECT key_set, fetched_at FROM ci_keys WHERE issuer = @issuer", new { issuer })) is var (text, at)
        ? new SigningKeys(text, at)
        : null;

    public Task SaveAsync(string issuer, SigningKeys keys) => journal.WriteAsync(transaction => transaction.Execute(
        "INSERT INTO ci_keys (issuer, key_set, fetched_at) VALUES (@issuer, @Text, @FetchedAt) ON CONFLICT (issuer) DO UPDATE SET key_set = @Text, fetched_at = @FetchedAt",
        new { issuer, keys.Text, keys.FetchedAt }));
}
