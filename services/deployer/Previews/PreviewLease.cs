using Mambo.Contracts.Deployments;
using Mambo.Deployer.Releases;
using Mambo.ServiceDefaults.Configuration;
using Mambo.ServiceDefaults.Names;
using Mambo.ServiceDefaults.Operations;

namespace Mambo.Deployer.Previews;

/// <summary>How long a preview stays; every deployment of it renews the lease. A row of the table <c>previews</c>.</summary>
internal sealed class PreviewLease
{
    /// <summary>The lease of who names none.</summary>
    public static readonly TimeSpan Usual = TimeSpan.FromDays(3);

    public string App { get; init; } = "";

    public string PreviewOf { get; init; } = "";

    public string Preview { get; init; } = "";

    public DateTimeOffset ExpiresAt { get; init; }

    /// <summary>When its end was told. Null: it has not ended.</summary>
    public DateTimeOffset? ToldAt { get; init; }

    /// <summary>When the lease ends that a deployment takes. Null: it is none of a preview.</summary>
    public static DateTimeOffset? EndOf(DeployApp command, DateTimeOffset accepted) =>
        command.Preview is null ? null : accepted + (command.Ttl is { } ttl && Duration.TryParse(ttl, out var wanted) ? wanted : Usual);

    /// <summary>The app a preview is of, out of a command whose app is the preview's own already.</summary>
    public static string? OriginOf(DeployApp command) => command.Preview is { } preview ? command.App![..^(preview.Length + 1)] : null;

    /// <summary>The command under the name of the preview's own app, and what is wrong with what it says of the preview.</summary>
    public static (DeployApp Command, IReadOnlyList<FieldError> Faults) Read(DeployApp command)
    {
        var faults = new List<FieldError>();
        if (PreviewName.FaultOfTtl(command.Ttl) is { } fault)
            faults.Add(new FieldError("ttl", fault));
        else if (command is { Ttl: not null, Preview: null })
            faults.Add(new FieldError("ttl", "Only a preview has one. Name the preview, or leave it out."));
        if (command.Preview is null || !AppName.TryParse(command.App, out var of, out _))
            return (command, faults);
        if (PreviewName.TryJoin(of, command.Preview, out var app, out var problem))
            return (command with { App = app.Value }, faults);
        faults.Add(new FieldError("preview", problem));
        return (command, faults);
    }

    /// <summary>What stands against a deployment: a preview must not take over an app, nor an app a preview.</summary>
    public static IReadOnlyList<FieldError> Against(JournalTransaction transaction, DeployApp command)
    {
        var (known, of) = (Of(transaction, command.App!), OriginOf(command));
        return (known, of) switch
        {
            ({ } lease, null) => [new FieldError("preview", $"{command.App} is the preview {lease.Preview} of {lease.PreviewOf}. Deploy {lease.PreviewOf} with preview {lease.Preview}.")],
            ({ } lease, _) when lease.PreviewOf != of => [new FieldError("preview", $"{command.App} is the preview {lease.Preview} of {lease.PreviewOf} already. Choose another name.")],
            (null, not null) when ReleaseLedger.IsKnown(transaction, command.App!) => [new FieldError("preview", $"{command.App} is an app of its own, not a preview. Choose another name.")],
            _ => [],
        };
    }

    /// <summary>Begins or renews the lease of an accepted deployment.</summary>
    public static void Renew(JournalTransaction transaction, DeployApp command)
    {
        if (EndOf(command, transaction.Now) is { } expiresAt)
        {
            transaction.Execute(
                "INSERT OR REPLACE INTO previews (app, preview_of, preview, expires_at) VALUES (@App, @of, @Preview, @expiresAt)",
                new { command.App, of = OriginOf(command), command.Preview, expiresAt });
        }
    }

    public static void Forget(JournalTransaction transaction, string app) => transaction.Execute("DELETE FROM previews WHERE app = @app", new { app });

    private static PreviewLease? Of(JournalTransaction transaction, string app) =>
        transaction.Query<PreviewLease>("SELECT * FROM previews WHERE app = @app", new { app }) is [var found] ? found : null;
}
