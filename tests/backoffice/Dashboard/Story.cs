using Mambo.Contracts.Alerts;
using Mambo.Contracts.Deployments;

namespace Mambo.Backoffice.Tests.Dashboard;

/// <summary>Tells what happened on a small platform, as its services would: the newest last.</summary>
internal sealed class Story(Office office)
{
    public const string Host = "vps-1";

    private static readonly string[] Steps = ["unpack", "pull", "start", "gate", "switch", "retire"];

    private DateTimeOffset _at = DateTimeOffset.UtcNow;

    /// <summary>The next event happens so long before now.</summary>
    public Story Ago(TimeSpan time)
    {
        _at = DateTimeOffset.UtcNow - time;
        return this;
    }

    /// <summary>A deployment that succeeds.</summary>
    public async Task DeployAsync(string app, int release, string? commit = null, string by = "owner", params string[] warnings)
    {
        var id = await BeginAsync(app, commit, by, done: Steps.Length);
        await office.TellAsync(new AppDeployed
        {
            DeploymentId = id,
            App = app,
            Host = Host,
            OccurredAt = _at,
            Release = release,
            Bundle = Digest(app, release),
            Commit = commit,
            RequestedBy = by,
            Seconds = 1.4,
            Urls = [new Uri($"http://{app}.example.dev")],
            Images = new Dictionary<string, string> { ["web"] = $"registry.example.dev/{app}:{release}.0", ["db"] = "postgres:17@sha256:4ec37d2a07a0067f176fdcc9d4bb633a5724d2cc4f892c7a2046d054bb6939e5" },
            Warnings = warnings,
        });
    }

    /// <summary>A deployment that never becomes healthy.</summary>
    public async Task FailAsync(string app, int? serving, params string[] output)
    {
        var id = await BeginAsync(app, "b81d0f3", "ci", done: 2);
        _at += TimeSpan.FromSeconds(31);
        await office.TellAsync(new DeploymentFailed
        {
            DeploymentId = id,
            App = app,
            Host = Host,
            OccurredAt = _at,
            Reason = DeploymentFailureReason.Unhealthy,
            Step = "start",
            ExitCode = 1,
            RequestedBy = "ci",
            ServingRelease = serving,
            Message = "The service web ended three times within 30 s and never became healthy.",
            Output = output,
        });
    }

    /// <summary>A deployment that is accepted and has ended some of its steps.</summary>
    public async Task<Guid> BeginAsync(string app, string? commit = null, string by = "owner", int done = 0)
    {
        var id = Guid.CreateVersion7();
        await office.TellAsync(new DeploymentAccepted { DeploymentId = id, App = app, Host = Host, OccurredAt = _at, RequestedAt = _at, RequestedBy = by, Commit = commit, Steps = Steps });
        for (var number = 1; number <= done; number++)
            await EndStepAsync(app, id, number);
        return id;
    }

    public async Task EndStepAsync(string app, Guid id, int number)
    {
        var seconds = 0.12 * number;
        _at += TimeSpan.FromSeconds(seconds);
        await office.TellAsync(new DeploymentStepCompleted
        {
            DeploymentId = id,
            App = app,
            Host = Host,
            OccurredAt = _at,
            Step = Steps[number - 1],
            Number = number,
            Of = Steps.Length,
            Seconds = seconds,
        });
    }

    /// <summary>The notification of an event went out.</summary>
    public Task NotifyAsync(string title) => office.TellAsync(new AlertDelivered
    {
        NotificationId = Guid.CreateVersion7(),
        Host = Host,
        OccurredAt = _at,
        About = "app-deployed",
        Title = title,
        MessageId = "Xk2f",
        Attempts = 1,
        Seconds = 0.2,
    });

    /// <summary>A bundle came by the door.</summary>
    public Task StoreAsync(string app, int release, string by = "owner") =>
        office.TellAsync(new BundleStored { Digest = Digest(app, release), Size = 48_200, StoredBy = by, Host = Host, OccurredAt = _at });

    /// <summary>Three apps, one of them unproven, one failed deployment, one under way.</summary>
    public async Task ThreeAppsAsync()
    {
        Ago(TimeSpan.FromDays(12));
        await StoreAsync("notes", 7);
        await DeployAsync("notes", 7, "e3b7a10", "owner", "worker has no health check: this release is unproven");
        Ago(TimeSpan.FromHours(26));
        await StoreAsync("blog", 12);
        await DeployAsync("blog", 12, "77c0d4e", "ci");
        await NotifyAsync("blog 12 deployed");
        Ago(TimeSpan.FromHours(3));
        await StoreAsync("shop", 3);
        await DeployAsync("shop", 3, "4f2c91a");
        await NotifyAsync("shop 3 deployed");
        Ago(TimeSpan.FromMinutes(19));
        await FailAsync(
            "shop", 3,
            "web-1  | Listening on :8080", "web-1  | \u001b[31merror\u001b[0m: connect ECONNREFUSED db:5432", "web-1  |     at TCPConnectWrap.afterConnect [as oncomplete]",
            "web-1  | exited with code 1");
        await NotifyAsync("shop failed: it did not become healthy");
        Ago(TimeSpan.FromSeconds(8));
        await StoreAsync("blog", 13, "ci");
        await BeginAsync("blog", "a90e5c2", "ci", done: 2);
    }

    private static string Digest(string app, int release) =>
        $"sha256:{Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.UTF8.GetBytes($"{app}{release}")))}";
}
