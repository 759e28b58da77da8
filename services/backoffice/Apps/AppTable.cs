using System.Text.Json;

using Dapper;

using Mambo.Contracts;
using Mambo.Contracts.Deployments;
using Mambo.ServiceDefaults.Configuration;
using Mambo.ServiceDefaults.Operations;

namespace Mambo.Backoffice.Apps;

/// <summary>The tables <c>serving</c>, <c>releases</c> and <c>locks</c>.</summary>
internal sealed class AppTable([FromKeyedServices(BackofficeRegistrations.Service)] Journal journal, PlatformIdentity identity, TimeProvider time)
{
    /// <summary>All apps that are not removed, by name.</summary>
    public IReadOnlyList<AppStatus> All() => Read(app: null);

    /// <summary>One app. Null: it is unknown or removed.</summary>
    public AppStatus? Find(string app) => Read(app) is [var found] ? found : null;

    /// <summary>The releases of an app, newest first. Empty: none is known.</summary>
    public IReadOnlyList<Release> Releases(string app) => journal.Read(connection => connection.Query<(string Release, bool Current)>(
            """
            SELECT r.document, r.release = s.release AND s.document ->> '$.state' IS NOT 'removed' FROM releases r
            LEFT JOIN serving s ON s.app = r.app
            WHERE r.app = @app ORDER BY r.release DESC
            """,
            new { app })
        .Select(row => Read<Release>(row.Release) with { Current = row.Current })
        .ToList());

    public static void Project(JournalTransaction transaction, DeploymentEvent happened)
    {
        if (AppProjection.ReleaseOf(happened) is { } release)
        {
            transaction.Execute(
                "INSERT INTO releases (app, release, document) VALUES (@App, @Number, @document) ON CONFLICT DO UPDATE SET document = excluded.document",
                new { happened.App, release.Number, document = Write(release) });
        }

        if (AppLock.Concerns(happened))
        {
            transaction.Execute(
                "INSERT INTO locks (app, at, document) VALUES (@App, @OccurredAt, @document) ON CONFLICT DO UPDATE SET at = excluded.at, document = excluded.document WHERE excluded.at >= locks.at",
                new { happened.App, happened.OccurredAt, document = AppLock.After(happened) is { } made ? Write(made) : null });
        }

        var before = transaction.Query<string>("SELECT document FROM serving WHERE app = @App", new { happened.App }) is [var document] ? Read<Serving>(document) : null;
        var after = AppProjection.Serve(before, happened);
        if (after is null || after == before)
            return;
        transaction.Execute(
            "INSERT INTO serving (app, release, document) VALUES (@App, @Release, @document) ON CONFLICT DO UPDATE SET release = excluded.release, document = excluded.document",
            new { after.App, after.Release, document = Write(after) });
    }

    private List<AppStatus> Read(string? app) => journal.Read(connection => connection.Query<(string Serving, string? Release, string? Lock)>(
            $"""
            SELECT s.document, r.document, l.document FROM serving s
            LEFT JOIN releases r ON r.app = s.app AND r.release = s.release
            LEFT JOIN locks l ON l.app = s.app
            WHERE s.document ->> '$.state' IS NOT 'removed' {(app is null ? "" : "AND s.app = @app")}
            ORDER BY s.app
            """,
            new { app })
        .Select(row => AppProjection.Status(Read<Serving>(row.Serving), row.Release is null ? null : Read<Release>(row.Release), LockOf(row.Lock), identity.Name))
        .ToList());

    /// <summary>A lease that has ended is no lock.</summary>
    private AppLock? LockOf(string? document) => document is not null && Read<AppLock>(document) is var found && found.EndsAt > time.GetUtcNow() ? found : null;

    private static string Write<T>(T document) => JsonSerializer.Serialize(document, WireJson.Options);

    private static T Read<T>(string document) => JsonSerializer.Deserialize<T>(document, WireJson.Options)!;
}
