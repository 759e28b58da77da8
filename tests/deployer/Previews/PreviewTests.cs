using Dapper;

using Mambo.Contracts.Deployments;
using Mambo.Deployer.Previews;
using Mambo.TestEnvironment;

namespace Mambo.Deployer.Tests.Previews;

public sealed class PreviewLeaseTests
{
    [Theory]
    [InlineData("pr-12", null, null)]
    [InlineData("pr-12", "3d", null)]
    [InlineData("12", "1m", null)]
    [InlineData("PR-12", null, "preview")]
    [InlineData("-x", null, "preview")]
    [InlineData("", null, "preview")]
    [InlineData("a2345678901234567890123456789012345678", null, "preview")]
    [InlineData("pr-12", "59s", "ttl")]
    [InlineData("pr-12", "31d", "ttl")]
    [InlineData("pr-12", "soon", "ttl")]
    [InlineData(null, "3d", "ttl")]
    public void Read_Preview_IsTakenOrSaysTheField(string? preview, string? ttl, string? fault)
    {
        var (command, faults) = PreviewLease.Read(new DeployApp { App = "shop", Preview = preview, Ttl = ttl });

        faults.Select(one => one.Field).ShouldBe(fault is null ? [] : [fault]);
        if (fault is null)
            (command.App, PreviewLease.OriginOf(command)).ShouldBe(($"shop-{preview}", "shop"));
    }

    [Fact]
    public void EndOf_NoTtl_IsThreeDays()
    {
        PreviewLease.EndOf(new DeployApp { App = "shop-x", Preview = "x" }, DateTimeOffset.UnixEpoch).ShouldBe(DateTimeOffset.UnixEpoch.AddDays(3));
        PreviewLease.EndOf(new DeployApp { App = "shop-x", Preview = "x", Ttl = "2h" }, DateTimeOffset.UnixEpoch).ShouldBe(DateTimeOffset.UnixEpoch.AddHours(2));
        PreviewLease.EndOf(new DeployApp { App = "shop" }, DateTimeOffset.UnixEpoch).ShouldBeNull();
    }
}

/// <summary>A preview is an app of its own beside the app, until its lease ends.</summary>
[Trait("Needs", "Docker")]
public sealed class PreviewTests : IAsyncLifetime
{
    private readonly DeployerHost _deployer = new();

    public Task InitializeAsync() => _deployer.StartAsync();

    public Task DisposeAsync() => _deployer.DisposeAsync().AsTask();

    [Fact]
    public async Task Preview_DeployedRenewedAndExpiredOverARestart_LeavesNothingAndTheAppAlone()
    {
        await _deployer.DeployedAsync("shop", Shop);
        var preview = (await _deployer.EndAsync(await SendAsync("3d"))).ShouldBeDeployed();
        preview.ShouldSatisfyAllConditions(
            () => preview.App.ShouldBe("shop-pr-12"),
            () => preview.PreviewOf.ShouldBe("shop"),
            () => preview.ExpiresAt!.Value.ShouldBe(DateTimeOffset.UtcNow.AddDays(3), TimeSpan.FromMinutes(2)));
        (await _deployer.GetAsync("shop-pr-12.localhost", "/name.txt")).ShouldBe((200, "shop-pr-12 pr-12"));
        (await _deployer.GetAsync("shop.localhost", "/name.txt")).ShouldBe((200, "shop"));

        // Renewed with each deployment, whatever it was
        (await _deployer.EndAsync(await SendAsync("1h"))).ShouldBeDeployed();
        Lease().ShouldBe(DateTimeOffset.UtcNow.AddHours(1), TimeSpan.FromMinutes(2));

        // Ended while nobody looked
        await _deployer.Journal.WriteAsync(transaction => transaction.Execute("UPDATE previews SET expires_at = @at", new { at = transaction.Now.AddSeconds(-1) }));
        await _deployer.RestartAsync();
        await DeployerHost.UntilAsync(() => _deployer.Journal.Read(connection => connection.QuerySingle<int>("SELECT COUNT(*) FROM previews")) == 0);

        (await DockerCommand.ContainersOfAsync(_deployer.ProjectOf("shop-pr-12"))).ShouldBeEmpty();
        (await DockerCommand.RunAsync("volume", "ls", "-q", "--filter", $"label=com.docker.compose.project={_deployer.ProjectOf("shop-pr-12")}")).ShouldBeEmpty();
        Directory.Exists(Path.Combine(_deployer.Home, "apps/shop-pr-12")).ShouldBeFalse();
        (await _deployer.GetAsync("shop-pr-12.localhost")).Status.ShouldBe(404);
        (await _deployer.GetAsync("shop.localhost", "/name.txt")).ShouldBe((200, "shop"));
        _deployer.Journal.Read(connection => connection.QuerySingle<string>("SELECT body FROM outbox WHERE type = 'preview-expired'")).ShouldContain("\"app\":\"shop-pr-12\"");
    }

    [Fact]
    public async Task Deploy_NameIsTaken_IsRejected()
    {
        await _deployer.DeployedAsync("shop-pr-12", Shop);
        (await _deployer.EndAsync(await SendAsync("3d"))).ShouldBeFailed(DeploymentFailureReason.Rejected)
            .Errors.ShouldHaveSingleItem().ShouldBe(new FieldError("preview", "shop-pr-12 is an app of its own, not a preview. Choose another name."));

        (await _deployer.EndAsync(await SendAsync("3d", preview: "x"))).ShouldBeDeployed();
        (await _deployer.DeployAsync("shop-x", Shop)).ShouldBeFailed(DeploymentFailureReason.Rejected)
            .Errors.ShouldHaveSingleItem().ShouldBe(new FieldError("preview", "shop-x is the preview x of shop. Deploy shop with preview x."));
    }

    private Task<Guid> SendAsync(string ttl, string preview = "pr-12") => _deployer.SendAsync(new DeployApp { App = "shop", Bundle = _deployer.Store(Shop), Preview = preview, Ttl = ttl });

    private DateTimeOffset Lease() => _deployer.Journal.Read(connection => connection.QuerySingle<DateTimeOffset>("SELECT expires_at FROM previews"));

    private static Bundle Shop { get; } = Bundle.Of(("compose.yml",
        """
        services:
          web:
            image: mambo-web:local
            command: ["sh", "-c", "mkdir -p /usr/share/nginx/html; echo ${MAMBO_APP} ${MAMBO_PREVIEW} > /usr/share/nginx/html/name.txt; exec httpd -f -p 80 -h /usr/share/nginx/html"]
            labels:
              traefik.enable: "true"
              traefik.http.routers.web.rule: "Host(`${MAMBO_APP}.localhost`)"
            volumes: ["data:/data"]
            stop_grace_period: 0s
        volumes:
          data: {}
        """));
}
