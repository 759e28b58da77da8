using Mambo.Contracts.Alerts;
using Mambo.Contracts.Deployments;

namespace Mambo.Contracts.Tests;

/// <summary>One message of each contract with every property set to something other than its default.</summary>
internal static class Samples
{
    private const string Digest = "sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08";
    private const string Image = "ghcr.io/example/shop@sha256:60303ae22b998861bce3b28f33eec1be758a213c86c93c076dbe9f558c11c752";
    private const string Commit = "4f2c1d9b6a7e8f0031";

    private static readonly Guid Deployment = new("0198a3f1-7c5e-7d10-9b42-3f6a1c2d4e5f");
    private static readonly Guid Incident = new("0198a3f2-11aa-7b3c-8d4e-5f6071829304");
    private static readonly Guid Notification = new("0198a3f2-44bb-7c5d-9e6f-708192a3b4c5");
    private static readonly DateTimeOffset At = new(2026, 11, 24, 8, 30, 15, 250, TimeSpan.Zero);
    private static readonly Dictionary<string, string> Images = new() { ["web"] = Image, ["worker"] = "ghcr.io/example/worker:2.4.1" };
    private static readonly Dictionary<string, string> Labels = new() { ["app"] = "shop", ["volume"] = "uploads" };

    public static IReadOnlyList<object> All { get; } =
    [
        new DeployApp
        {
            RequestedBy = "ci", RequestedAt = At, DeploymentId = Deployment, App = "shop", Bundle = Digest, Images = Images, Host = "web-1", Commit = Commit, Generation = 812,
            Preview = "pr-12", Ttl = "3d",
        },
        new RollBackApp { RequestedBy = "owner", RequestedAt = At, DeploymentId = Deployment, App = "shop", ToRelease = 41, Host = "web-1" },
        new CancelDeployment { RequestedBy = "owner", RequestedAt = At, DeploymentId = Deployment, Reason = "wrong branch", Host = "web-1" },
        new DeploymentAccepted
        {
            OccurredAt = At, Host = "web-1", DeploymentId = Deployment, App = "shop", Kind = DeploymentKind.RollBack, RequestedBy = "ci", RequestedAt = At, Bundle = Digest, Commit = Commit,
            Steps = ["validate", "pull", "start"],
        },
        new DeploymentStepCompleted
        {
            OccurredAt = At, Host = "web-1", DeploymentId = Deployment, App = "shop", Step = "pull", Number = 2, Of = 5, Seconds = 3.25,
        },
        new AppDeployed
        {
            OccurredAt = At, Host = "web-1", DeploymentId = Deployment, App = "shop", Release = 42, Bundle = Digest, Images = Images,
            Urls = [new Uri("https://shop.example.org/"), new Uri("https://www.example.org/shop")], Commit = Commit, RequestedBy = "ci", Seconds = 12.5,
            Warnings = ["worker has no health check"], PreviewOf = "shop", ExpiresAt = At.AddDays(3),
        },
        new PreviewExpired { OccurredAt = At, Host = "web-1", App = "shop-pr-12", PreviewOf = "shop", Preview = "pr-12", ExpiredAt = At },
        new DeploymentFailed
        {
            OccurredAt = At, Host = "web-1", DeploymentId = Deployment, App = "shop", Kind = DeploymentKind.Restart, Reason = DeploymentFailureReason.Unhealthy, Step = "start",
            Message = "web did not become healthy within 90 s.", Errors = [new FieldError("services.web.labels", "no router rule; add traefik.http.routers.shop.rule")],
            ExitCode = 1, Output = ["web-1  | listen tcp :80: bind: permission denied", "container web-1 is unhealthy"], ServingRelease = 41,
            Left = "undoing 'start': the network shop_default is still in use", RequestedBy = "ci",
        },
        new DeploymentRolledBack
        {
            OccurredAt = At, Host = "web-1", DeploymentId = Deployment, App = "shop", FromRelease = 42, ToRelease = 41, Urls = [new Uri("https://shop.example.org/")],
            RequestedBy = "owner", Seconds = 4.75,
        },
        new DeploymentSuperseded { OccurredAt = At, Host = "web-1", DeploymentId = Deployment, App = "shop", By = new Guid("0198a3f1-9d6f-7e21-8c53-4a7b2d3e5f60") },
        new DeploymentCancelled
        {
            OccurredAt = At, Host = "web-1", DeploymentId = Deployment, App = "shop", Reason = "wrong branch", Step = "pull", CancelledBy = "owner",
        },
        new StartApp { RequestedBy = "owner", RequestedAt = At, DeploymentId = Deployment, App = "shop", Host = "web-1" },
        new StopApp { RequestedBy = "owner", RequestedAt = At, DeploymentId = Deployment, App = "shop", Host = "web-1" },
        new RestartApp { RequestedBy = "owner", RequestedAt = At, DeploymentId = Deployment, App = "shop", Host = "web-1" },
        new RemoveApp { RequestedBy = "owner", RequestedAt = At, DeploymentId = Deployment, App = "shop", Host = "web-1", Volumes = true },
        new LockApp { RequestedBy = "owner", RequestedAt = At, DeploymentId = Deployment, App = "shop", Host = "web-1", Reason = "moving the database", EndsAt = At.AddHours(2) },
        new UnlockApp { RequestedBy = "owner", RequestedAt = At, DeploymentId = Deployment, App = "shop", Host = "web-1" },
        new AppStarted
        {
            OccurredAt = At, Host = "web-1", DeploymentId = Deployment, App = "shop", Release = 42, Urls = [new Uri("https://shop.example.org/")], RequestedBy = "owner", Seconds = 2.5,
        },
        new AppStopped { OccurredAt = At, Host = "web-1", DeploymentId = Deployment, App = "shop", Release = 42, RequestedBy = "owner", Seconds = 2.5 },
        new AppRestarted
        {
            OccurredAt = At, Host = "web-1", DeploymentId = Deployment, App = "shop", Release = 42, Urls = [new Uri("https://shop.example.org/")], RequestedBy = "owner", Seconds = 2.5,
        },
        new AppRemoved
        {
            OccurredAt = At, Host = "web-1", DeploymentId = Deployment, App = "shop", Release = 42, Volumes = true, RequestedBy = "owner", Seconds = 2.5,
            Warnings = ["apps/shop could not be removed: permission denied"],
        },
        new AppLocked { OccurredAt = At, Host = "web-1", DeploymentId = Deployment, App = "shop", Reason = "moving the database", EndsAt = At.AddHours(2), RequestedBy = "owner" },
        new AppUnlocked { OccurredAt = At, Host = "web-1", DeploymentId = Deployment, App = "shop", Reason = "moving the database", RequestedBy = "owner" },
        new BundleStored { OccurredAt = At, Host = "web-1", Digest = Digest, Size = 1_048_576, StoredBy = "ci" },
        new RaiseAlert
        {
            RequestedBy = "vmalert", RequestedAt = At, Name = "DiskFull", Severity = AlertSeverity.Critical, Summary = "uploads is 97 % full",
            Description = "It fills by 2 GiB a day.", Labels = Labels, Link = new Uri("https://grafana.example.org/d/disk"),
        },
        new ResolveAlert { RequestedBy = "vmalert", RequestedAt = At, Name = "DiskFull", Labels = Labels, Summary = "uploads is 40 % full" },
        new SilenceAlerts
        {
            RequestedBy = "owner", RequestedAt = At, SilenceId = Incident, Matchers = new Dictionary<string, string> { ["alertname"] = "DiskFull" },
            EndsAt = At.AddHours(2), Reason = "moving the uploads",
        },
        new AcknowledgeAlert { RequestedBy = "owner", RequestedAt = At, IncidentId = Incident, Note = "on it" },
        new AlertRaised
        {
            OccurredAt = At, Host = "web-1", IncidentId = Incident, Name = "DiskFull", Severity = AlertSeverity.Critical, Summary = "uploads is 97 % full", Labels = Labels,
        },
        new AlertResolved { OccurredAt = At, Host = "web-1", IncidentId = Incident, Name = "DiskFull", Summary = "uploads is 40 % full", Seconds = 5400 },
        new AlertDelivered
        {
            OccurredAt = At, Host = "web-1", NotificationId = Notification, About = "app-deployed", Title = "shop 42 deployed", MessageId = "hwQ2YpKdmg", Attempts = 2, Seconds = 0.75,
        },
        new AlertDeliveryFailed
        {
            OccurredAt = At, Host = "web-1", NotificationId = Notification, About = "app-deployed", Title = "shop 42 deployed",
            Message = "403 forbidden: the ntfy server refuses this topic. Check alerts.topic.", Attempts = 1,
        },
        new AlertsSilenced
        {
            OccurredAt = At, Host = "web-1", SilenceId = Incident, Matchers = new Dictionary<string, string> { ["alertname"] = "DiskFull" }, EndsAt = At.AddHours(2),
            Reason = "moving the uploads", RequestedBy = "owner",
        },
        new MessageParked { OccurredAt = At, Host = "web-1", Queue = "deploy-app.web-1_error", Problem = "it is not JSON", Depth = 3 },
    ];
}
