using System.Text.Json;

using Dapper;

using Mambo.Contracts;
using Mambo.Contracts.Deployments;
using Mambo.ServiceDefaults.Operations;

namespace Mambo.Backoffice.Apps;

/// <summary>The tables <c>serving</c> and <c>releases</c>.</summary>
internal sealed class AppTable([FromKeyedServices(BackofficeRegistrations.Service)] Journal journal)
{
    /// <summary>All apps that serve, by name.</summary>
    public IReadOnlyList<AppStatus> All() => journal.Read(connection => connection.Query<(string Serving, string? Release)>(
            """
            SELECT s.document, r.document FROM serving s
            LEFT JOIN releases r ON r.app = s.app AND r.release = s.release
            ORDER BY s.app
            """)
        .Select(row => AppProjection.Status(Read<Serving>(row.Serving), row.Release is null ? null : Read<Release>(row.Release)))
        .ToList());

    /// <summary>The releases of an app, newest first. Empty: none is known.</summary>
    public IReadOnlyList<Release> Releases(string app) => journal.Read(connection => connection.Query<(string Release, bool Current)>(
            """
            SELECT r.document, r.release = s.release FROM releases r
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

        var before = transaction.Query<string>("SELECT document FROM serving WHERE app = @App", new { happened.App }) is [var document] ? Read<Serving>(document) : null;
        var after = AppProjection.Serve(before, happened);
        if (after is null || after == before)
            return;
        transaction.Execute(
            "INSERT INTO serving (app, release, document) VALUES (@App, @Release, @document) ON CONFLICT DO UPDATE SET release = excluded.release, document = excluded.document",
            new { after.App, after.Release, document = Write(after) });
    }

    private static string Write<T>(T document) => JsonSerializer.Serialize(document, WireJson.Options);

    private static T Read<T>(string document) => JsonSerializer.Deserialize<T>(document, WireJson.Options)!;
}
