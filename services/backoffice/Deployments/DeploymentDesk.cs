using System.Security.Cryptography;

using Dapper;

using Mambo.Contracts.Deployments;
using Mambo.ServiceDefaults.Configuration;
using Mambo.ServiceDefaults.Operations;

namespace Mambo.Backoffice.Deployments;

/// <summary>What became of a wish to deploy.</summary>
/// <param name="Answer">The deployment. Null: the key was used for another body.</param>
/// <param name="Replayed">It was asked for before, under the same key.</param>
internal sealed record DeskAnswer(DeploymentAnswer? Answer, bool Replayed);

/// <summary>What became of a wish to stop.</summary>
internal enum CancelAnswer
{
    NotFound,
    AlreadyEnded,
    Sent,
}

/// <summary>Takes wishes: one transaction, and the command is on its way. It waits neither for the bus nor for the deployer.</summary>
internal sealed partial class DeploymentDesk(
    [FromKeyedServices(BackofficeRegistrations.Service)] Journal journal, PlatformIdentity identity, TimeProvider time, ILogger<DeploymentDesk> logger)
{
    private static readonly TimeSpan KeysLive = TimeSpan.FromHours(24);

    /// <summary>Asks for a deployment. The same key and body within 24 hours is the same wish.</summary>
    public async Task<DeskAnswer> RequestAsync(DeploymentRequest request, string requestedBy, string? key, string bodyDigest)
    {
        var id = Guid.CreateVersion7(time.GetUtcNow());
        var answer = await journal.WriteAsync(transaction =>
        {
            if (key is not null && !Claim(transaction, new KeyRow(requestedBy, key, bodyDigest, id, request.DeployedAs, transaction.Now), out var earlier))
                return earlier;

            var host = request.Host ?? identity.Host;
            DeploymentTable.Save(transaction, new Deployment
            {
                DeploymentId = id,
                App = request.DeployedAs,
                PreviewOf = request.Preview is null ? null : request.App,
                Host = host,
                State = DeploymentState.Requested,
                RequestedBy = requestedBy,
                RequestedAt = transaction.Now,
                Bundle = request.Bundle,
                Images = request.Images,
                Commit = request.Commit,
            });
            transaction.Send(
                new DeployApp
                {
                    DeploymentId = id,
                    App = request.App,
                    Bundle = request.Bundle,
                    Images = request.Images,
                    Host = host,
                    Commit = request.Commit,
                    Generation = request.Generation,
                    Preview = request.Preview,
                    Ttl = request.Ttl,
                    RequestedBy = requestedBy,
                    RequestedAt = transaction.Now,
                },
                host,
                messageId: id.ToString(),
                lane: Lane(id));
            return new DeskAnswer(new DeploymentAnswer(id, request.DeployedAs), Replayed: false);
        });
        if (answer is { Replayed: false, Answer: { } accepted })
            LogRequested(logger, accepted.App, accepted.DeploymentId, requestedBy);
        return answer;
    }

    /// <summary>The answer already given under this key, so that a repeat is not checked against a world that has moved on. Null: the key is not in use.</summary>
    public DeskAnswer? FindRepeat(string requestedBy, string key, string bodyDigest)
    {
        var since = time.GetUtcNow() - KeysLive;
        return journal.Read(connection => connection.QuerySingleOrDefault<KeyRow>(KeyRow.Select, new { requestedBy, key, since }))?.Answer(bodyDigest);
    }

    /// <summary>Asks for an app to go back to an earlier release.</summary>
    public Task<DeploymentAnswer> RollBackAsync(string app, RollBackRequest request, string requestedBy) => journal.WriteAsync(transaction =>
    {
        var (id, host) = (Guid.CreateVersion7(transaction.Now), request.Host ?? identity.Host);
        DeploymentTable.Save(transaction, new Deployment
        {
            DeploymentId = id,
            App = app,
            Kind = DeploymentKind.RollBack,
            Host = host,
            State = DeploymentState.Requested,
            RequestedBy = requestedBy,
            RequestedAt = transaction.Now,
        });
        transaction.Send(
            new RollBackApp { DeploymentId = id, App = app, ToRelease = request.ToRelease, Host = host, RequestedBy = requestedBy, RequestedAt = transaction.Now },
            host,
            messageId: id.ToString(),
            lane: Lane(id));
        return new DeploymentAnswer(id, app);
    });

    /// <summary>Asks for something that is done to an app as a whole.</summary>
    public Task<DeploymentAnswer> RequestAsync(AppCommand wish, DeploymentKind kind, string requestedBy) => journal.WriteAsync(transaction =>
    {
        var (id, host) = (Guid.CreateVersion7(transaction.Now), wish.Host ?? identity.Host);
        DeploymentTable.Save(transaction, new Deployment
        {
            DeploymentId = id,
            App = wish.App!,
            Kind = kind,
            Host = host,
            State = DeploymentState.Requested,
            RequestedBy = requestedBy,
            RequestedAt = transaction.Now,
        });
        transaction.Send(wish with { DeploymentId = id, Host = host, RequestedBy = requestedBy, RequestedAt = transaction.Now }, host, messageId: id.ToString(), lane: Lane(id));
        return new DeploymentAnswer(id, wish.App!);
    });

    /// <summary>Asks the deployment's host to stop it.</summary>
    public Task<(CancelAnswer Outcome, Deployment? Deployment)> CancelAsync(Guid id, string? reason, string requestedBy) => journal.WriteAsync(transaction =>
    {
        if (DeploymentTable.Find(transaction, id) is not { } deployment)
            return (CancelAnswer.NotFound, null);
        if (deployment.EndedAt is not null)
            return (CancelAnswer.AlreadyEnded, deployment);

        transaction.Send(
            new CancelDeployment { DeploymentId = id, Reason = reason, Host = deployment.Host, RequestedBy = requestedBy, RequestedAt = transaction.Now },
            deployment.Host,
            messageId: Guid.CreateVersion7(transaction.Now).ToString(),
            lane: Lane(id));
        return (CancelAnswer.Sent, (Deployment?)deployment);
    });

    /// <summary>A wish to stop must not reach the deployer before the wish it is about.</summary>
    private static string Lane(Guid deployment) => $"deployment:{deployment}";

    /// <summary>What two bodies are compared by.</summary>
    public static string DigestOf(ReadOnlyMemory<byte> body) => Convert.ToHexStringLower(SHA256.HashData(body.Span));

    /// <summary>False: somebody holds the key, and <paramref name="earlier"/> is what they were told.</summary>
    private static bool Claim(JournalTransaction transaction, KeyRow row, out DeskAnswer earlier)
    {
        var since = transaction.Now - KeysLive;
        transaction.Execute("DELETE FROM idempotency_keys WHERE used_at <= @since", new { since });
        var held = transaction.Query<KeyRow>(KeyRow.Select, new { requestedBy = row.Token, key = row.Key, since });
        earlier = held is [var first] ? first.Answer(row.BodyDigest) : null!;
        if (held.Count > 0)
            return false;
        transaction.Execute(
            "INSERT INTO idempotency_keys (token, key, body_digest, deployment_id, app, used_at) VALUES (@Token, @Key, @BodyDigest, @DeploymentId, @App, @UsedAt)", row);
        return true;
    }

    [LoggerMessage(120, LogLevel.Information, "{App} is to be deployed: {DeploymentId}, asked for by {RequestedBy}")]
    private static partial void LogRequested(ILogger logger, string app, Guid deploymentId, string requestedBy);

    /// <summary>A row of the table <c>idempotency_keys</c>.</summary>
    private sealed class KeyRow
    {
        public const string Select = "SELECT * FROM idempotency_keys WHERE token = @requestedBy AND key = @key AND used_at > @since";

        public KeyRow()
        {
        }

        public KeyRow(string token, string key, string bodyDigest, Guid deploymentId, string app, DateTimeOffset usedAt) =>
            (Token, Key, BodyDigest, DeploymentId, App, UsedAt) = (token, key, bodyDigest, deploymentId, app, usedAt);

        public string Token { get; init; } = "";

        public string Key { get; init; } = "";

        public string BodyDigest { get; init; } = "";

        public Guid DeploymentId { get; init; }

        public string App { get; init; } = "";

        public DateTimeOffset UsedAt { get; init; }

        public DeskAnswer Answer(string bodyDigest) =>
            bodyDigest == BodyDigest ? new DeskAnswer(new DeploymentAnswer(DeploymentId, App), Replayed: true) : new DeskAnswer(null, Replayed: false);
    }
}
