using Mambo.Contracts.Deployments;
using Mambo.ServiceDefaults.Operations;

namespace Mambo.Deployer.Acceptance;

/// <summary>
/// The latest deployment of an app wins, in whatever order the commands arrive: each has a generation, and one that a later one makes needless ends superseded.
/// A command that names only images changes only those services, so only one that names at least the same makes it needless.
/// </summary>
internal static class Generations
{
    /// <summary>In the transaction that accepts <paramref name="command"/>: ends those that wait and are needless now, or this one if a later one came first.</summary>
    public static void Order(JournalTransaction transaction, Guid id, DeployApp command)
    {
        var app = command.App!;
        var known = transaction.Query<(long Highest, Guid Id)>("SELECT highest, deployment_id FROM generations WHERE app = @app", new { app });
        if (known is [var newest] && command.Generation < newest.Highest)
        {
            transaction.Supersede(id, newest.Id);
            return;
        }

        transaction.Execute(
            "INSERT INTO generations (app, highest, deployment_id) VALUES (@app, @highest, @id) ON CONFLICT (app) DO UPDATE SET highest = @highest, deployment_id = @id",
            new { app, id, highest = command.Generation ?? (known is [var last] ? last.Highest : 0) });
        foreach (var waiting in Waiting(transaction, app).Where(waiting => waiting.Id != id && MakesNeedless(command, waiting.Command)))
            transaction.Supersede(waiting.Id, id);
    }

    /// <summary>The newest deployment that waits and makes this one needless. Null: none.</summary>
    public static Guid? NewerThan(JournalTransaction transaction, Guid id, DeployApp command) => Waiting(transaction, command.App!)
        .Where(waiting => waiting.Id != id && MakesNeedless(waiting.Command, command)).Select(waiting => (Guid?)waiting.Id).LastOrDefault();

    /// <summary>Whether nothing of <paramref name="older"/> would be left once <paramref name="newer"/> is done.</summary>
    internal static bool MakesNeedless(DeployApp newer, DeployApp older) =>
        newer.Bundle is not null || (older.Bundle is null && (older.Images?.Keys ?? []).All(service => newer.Images?.ContainsKey(service) == true));

    private static IEnumerable<(Guid Id, DeployApp Command)> Waiting(JournalTransaction transaction, string app) => transaction.Queued<DeployApp>(app);
}
