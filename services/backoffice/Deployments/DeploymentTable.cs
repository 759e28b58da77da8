using System.Text.Json;

using Dapper;

using Mambo.Contracts;
using Mambo.Contracts.Deployments;
using Mambo.ServiceDefaults.Operations;

namespace Mambo.Backoffice.Deployments;

/// <summary>The table <c>deployments</c>.</summary>
internal sealed class DeploymentTable([FromKeyedServices(BackofficeRegistrations.Service)] Journal journal)
{
    /// <summary>Null: no such deployment is known.</summary>
    public Deployment? Find(Guid id) => journal.Read(connection =>
        connection.QuerySingleOrDefault<string>("SELECT document FROM deployments WHERE deployment_id = @id", new { id })) is { } document ? Read(document) : null;

    /// <summary>The newest, newest first.</summary>
    public IReadOnlyList<Deployment> Newest(string? app, int limit) => journal.Read(connection => connection.Query<string>(
        $"SELECT document FROM deployments {(app is null ? "" : "WHERE app = @app")} ORDER BY number DESC LIMIT @limit", new { app, limit }).Select(Read).ToList());

    public static Deployment? Find(JournalTransaction transaction, Guid id) =>
        transaction.Query<string>("SELECT document FROM deployments WHERE deployment_id = @id", new { id }) is [var document] ? Read(document) : null;

    public static void Save(JournalTransaction transaction, Deployment deployment) => transaction.Execute(
        """
        INSERT INTO deployments (deployment_id, app, document) VALUES (@DeploymentId, @App, @document)
        ON CONFLICT (deployment_id) DO UPDATE SET document = excluded.document
        """,
        new { deployment.DeploymentId, deployment.App, document = JsonSerializer.Serialize(deployment, WireJson.Options) });

    public static void Project(JournalTransaction transaction, DeploymentEvent happened) =>
        Save(transaction, DeploymentProjection.Apply(Find(transaction, happened.DeploymentId), happened));

    private static Deployment Read(string document) => JsonSerializer.Deserialize<Deployment>(document, WireJson.Options)!;
}
