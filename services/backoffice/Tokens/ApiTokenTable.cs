using System.Buffers.Text;
using System.Security.Cryptography;

using Dapper;

using Mambo.ServiceDefaults.Operations;

namespace Mambo.Backoffice.Tokens;

/// <summary>A token for one app, as it is listed.</summary>
internal sealed record ApiToken
{
    /// <summary>Its name, which the timeline shows as who asked.</summary>
    public required string Name { get; init; }

    /// <summary>The app it may deploy.</summary>
    public required string App { get; init; }

    /// <summary>Who made it.</summary>
    public required string CreatedBy { get; init; }

    /// <summary>When it was made.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When it ends; it is listed until it is revoked.</summary>
    public required DateTimeOffset ExpiresAt { get; init; }
}

/// <summary>The table <c>api_tokens</c>.</summary>
internal sealed partial class ApiTokenTable([FromKeyedServices(BackofficeRegistrations.Service)] Journal journal, ILogger<ApiTokenTable> logger)
{
    /// <summary>By name.</summary>
    public IReadOnlyList<ApiToken> All() => journal.Read(connection =>
        connection.Query<Row>("SELECT name, app, created_by, created_at, expires_at FROM api_tokens ORDER BY name").Select(row => row.Token()).ToList());

    /// <summary>Makes a token. Null: the name is taken.</summary>
    public async Task<(ApiToken Token, string Value)?> CreateAsync(string name, string app, DateTimeOffset expiresAt, string createdBy)
    {
        var value = ScopedTokens.OfOwner + Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));
        var token = await journal.WriteAsync(transaction =>
        {
            var made = new ApiToken { Name = name, App = app, CreatedBy = createdBy, CreatedAt = transaction.Now, ExpiresAt = expiresAt };
            var added = transaction.Execute(
                "INSERT INTO api_tokens (name, hash, app, created_by, created_at, expires_at) VALUES (@Name, @hash, @App, @CreatedBy, @CreatedAt, @ExpiresAt) ON CONFLICT (name) DO NOTHING",
                new { made.Name, hash = ScopedTokens.HashOf(value), made.App, made.CreatedBy, made.CreatedAt, made.ExpiresAt });
            return added == 1 ? made : null;
        });
        if (token is null)
            return null;
        LogCreated(logger, name, app, expiresAt, createdBy);
        return (token, value);
    }

    /// <summary>From now on it opens nothing. False: there is none of this name.</summary>
    public async Task<bool> RevokeAsync(string name, string by)
    {
        var revoked = await journal.WriteAsync(transaction => transaction.Execute("DELETE FROM api_tokens WHERE name = @name", new { name })) == 1;
        if (revoked)
            LogRevoked(logger, name, by);
        return revoked;
    }

    [LoggerMessage(150, LogLevel.Information, "The token {Name} may deploy {App} until {ExpiresAt:u}; {CreatedBy} made it")]
    private static partial void LogCreated(ILogger logger, string name, string app, DateTimeOffset expiresAt, string createdBy);

    [LoggerMessage(151, LogLevel.Information, "The token {Name} was revoked by {By}")]
    private static partial void LogRevoked(ILogger logger, string name, string by);

    private sealed class Row
    {
        public string Name { get; init; } = "";

        public string App { get; init; } = "";

        public string CreatedBy { get; init; } = "";

        public DateTimeOffset CreatedAt { get; init; }

        public DateTimeOffset ExpiresAt { get; init; }

        public ApiToken Token() => new() { Name = Name, App = App, CreatedBy = CreatedBy, CreatedAt = CreatedAt, ExpiresAt = ExpiresAt };
    }
}
