using System.Text.Json;

using Dapper;

using Mambo.Contracts;
using Mambo.ServiceDefaults.Operations;


namespace Mambo.Deployer.Releases;

/// <summary>The releases of every app, in the deployer's journal.</summary>
internal sealed class ReleaseLedger([FromKeyedServices(DeployerRegistrations.Service)] Journal journal)
{
    private const string CurrentOnes = "SELECT r.*, a.stopped_at FROM releases r JOIN apps a ON a.app = r.app AND a.current_release = r.number";

    /// <summary>The release an app serves. Null: it was never deployed.</summary>
    public Release? Current(string app) => journal.Read(connection =>
        connection.Query<Row>($"{CurrentOnes} WHERE r.app = @app", new { app }).Select(row => row.Release()).SingleOrDefault());

    /// <summary>The current release of every app.</summary>
    public IReadOnlyList<Release> Current() => journal.Read(connection => connection.Query<Row>(CurrentOnes).Select(row => row.Release()).ToList());

    /// <summary>The releases of one app that served, by number.</summary>
    public IReadOnlyList<Release> Served(string app) => journal.Read(connection =>
        connection.Query<Row>("SELECT * FROM releases WHERE app = @app AND served_at IS NOT NULL ORDER BY number", new { app }).Select(row => row.Release()).ToList());

    /// <summary>All releases of every app that served, oldest first.</summary>
    public IReadOnlyList<Release> Served() => journal.Read(connection =>
        connection.Query<Row>("SELECT * FROM releases WHERE served_at IS NOT NULL ORDER BY app, number").Select(row => row.Release()).ToList());

    /// <summary>Whether the app has a current release, or a deployment that may bring it one.</summary>
    public static bool IsKnown(JournalTransaction transaction, string app) => transaction.Query<long>(
        "SELECT EXISTS (SELECT 1 FROM apps WHERE app = @app) OR EXISTS (SELECT 1 FROM operations WHERE subject = @app AND ended_at IS NULL)", new { app })[0] == 1;

    /// <summary>Apps with a deployment that has not ended.</summary>
    public IReadOnlySet<string> InDeployment() => journal.Read(connection =>
        connection.Query<string>("SELECT subject FROM operations WHERE ended_at IS NULL").ToHashSet(StringComparer.Ordinal));

    /// <summary>The number of a deployment's release: the next of its app, and the same again when it asks again.</summary>
    public Task<int> TakeNumberAsync(string app, Guid deployment, string bundle) => journal.WriteAsync(transaction =>
    {
        transaction.Execute(
            """
            INSERT INTO releases (app, number, deployment_id, bundle, content, created_at)
            SELECT @app, COALESCE(MAX(number), 0) + 1, @deployment, @bundle, '{}', @Now FROM releases WHERE app = @app
            ON CONFLICT (deployment_id) DO NOTHING
            """,
            new { app, deployment, bundle, transaction.Now });
        return transaction.Query<int>("SELECT number FROM releases WHERE deployment_id = @deployment", new { deployment })[0];
    });

    /// <summary>Makes a release the current one of its app.</summary>
    public static void MakeCurrent(JournalTransaction transaction, Release release)
    {
        transaction.Execute(
            "UPDATE releases SET served_at = @Now, content = @content WHERE app = @App AND number = @Number",
            new { transaction.Now, content = JsonSerializer.Serialize(release.Content, WireJson.Options), release.App, release.Number });
        transaction.Execute(
            "INSERT INTO apps (app, current_release) VALUES (@App, @Number) ON CONFLICT (app) DO UPDATE SET current_release = @Number, stopped_at = NULL",
            new { release.App, release.Number });
    }

    /// <summary>Notes since when an app is stopped. Null: it runs.</summary>
    public static void Stopped(JournalTransaction transaction, string app, DateTimeOffset? at) =>
        transaction.Execute("UPDATE apps SET stopped_at = @at WHERE app = @app", new { app, at });

    /// <summary>Ends an app: it has no current release and none to go back to. The rows of its releases stay, so that a number is never given twice.</summary>
    public static void End(JournalTransaction transaction, string app)
    {
        transaction.Execute("DELETE FROM apps WHERE app = @app", new { app });
        transaction.Execute("DELETE FROM generations WHERE app = @app", new { app });
        transaction.Execute("UPDATE releases SET served_at = NULL WHERE app = @app", new { app });
    }

    /// <summary>Digests of the bundles behind these numbers, also of those that only a restart took.</summary>
    public IReadOnlyList<string> BundlesOf(string app, IReadOnlyList<int> numbers) => journal.Read(connection =>
        connection.Query<string>("SELECT DISTINCT bundle FROM releases WHERE app = @app AND number IN @numbers", new { app, numbers }).AsList());

    /// <summary>Notes that the containers of a release stay although it serves no more. Null: none does.</summary>
    public static void KeepWarm(JournalTransaction transaction, string app, WarmRelease? warm) => transaction.Execute(
        "UPDATE apps SET warm_release = @Number, warm_until = @Until WHERE app = @app", new { warm?.Number, warm?.Until, app });

    /// <summary>Releases whose containers stay although they serve no more.</summary>
    public IReadOnlyList<WarmRelease> Warm() => journal.Read(connection => connection.Query<WarmRelease>(
        "SELECT app, warm_release AS number, warm_until AS until FROM apps WHERE warm_release IS NOT NULL").AsList());

    /// <summary>Forgets that a release is kept warm.</summary>
    public Task ForgetWarmAsync(string app) => journal.WriteAsync(transaction => KeepWarm(transaction, app, null));

    private sealed class Row
    {
        public string App { get; init; } = "";

        public int Number { get; init; }

        public Guid DeploymentId { get; init; }

        public string Bundle { get; init; } = "";

        public string Content { get; init; } = "{}";

        public DateTimeOffset? ServedAt { get; init; }

        public DateTimeOffset? StoppedAt { get; init; }

        public Release Release() => new()
        {
            App = App,
            Number = Number,
            DeploymentId = DeploymentId,
            Bundle = Bundle,
            ServedAt = ServedAt,
            StoppedAt = StoppedAt,
            Content = JsonSerializer.Deserialize<ReleaseContent>(Content, WireJson.Options)!,
        };
    }
}

/// <summary>A release whose containers stay, paused, although another one serves.</summary>
internal sealed class WarmRelease
{
    public string App { get; init; } = "";

    public int Number { get; init; }

    /// <summary>When its containers go.</summary>
    public DateTimeOffset Until { get; init; }
}
