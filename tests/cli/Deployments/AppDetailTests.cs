using Mambo.Cli.Deployments;
using Mambo.Cli.Platform;

namespace Mambo.Cli.Tests.Deployments;

public sealed class AppDetailTests
{
    private static readonly AppDocument Shop = new(
        "shop", "local", 3, new Dictionary<string, string> { ["web"] = "shop:3", ["db"] = "postgres:17" }, [new("http://shop.localhost:7480/")], "4f2c1d9", "owner", CommandRun.At(), ["worker has no health check"])
    {
        Lock = new("moving the database", "ana", CommandRun.At(), CommandRun.At(3600)),
    };

    [Fact]
    public void Lines_OfAnApp_SayAllOfIt()
    {
        var stop = new DeploymentDocument(Guid.Parse("01997f2e-4c8e-7d1b-9f43-1f6f0f2d8a10"), "shop", "local", "done", "ana", CommandRun.At(), null, null, null, 3, null, null, 1.5, null) { Kind = "restart" };

        AppDetail.Lines(
            Shop,
            [new("1", "mambo-shop-web-2", "web", 2, 3, "running", "Up 2 minutes (healthy)"), new("2", "mambo-shop-web-1", "web", 1, 2, "paused", "Up 3 minutes (Paused)")],
            null, [stop], CommandRun.UtcTime).ShouldBe(
        [
            "shop on host local: release 3 serves",
            "  since  2026-11-25 03:40:07 UTC, by owner, commit 4f2c1d9",
            "  url    http://shop.localhost:7480/",
            "  image  db=postgres:17",
            "  image  web=shop:3",
            "  locked by ana since 2026-11-25 03:40:07 UTC until 2026-11-25 04:40:07 UTC: moving the database",
            "  warning: worker has no health check",
            "",
            "CONTAINER         SERVICE  FROM RELEASE  STATUS",
            "mambo-shop-web-2  web      3             Up 2 minutes (healthy)",
            "mambo-shop-web-1  web      2             Up 3 minutes (Paused), kept for going back",
            "",
            "DEPLOYMENT                            KIND     STATE  RELEASE  TOOK   BY   REQUESTED",
            "01997f2e-4c8e-7d1b-9f43-1f6f0f2d8a10  restart  done   3        1.5 s  ana  2026-11-25 03:40:07 UTC",
        ]);
    }

    [Fact]
    public void Lines_OfAStoppedAppWithoutAnEngine_SayThat()
    {
        var lines = AppDetail.Lines(Shop with { State = "stopped", Lock = null }, null, "no socket", [], CommandRun.UtcTime).ToList();

        lines[0].ShouldBe("shop on host local: stopped; release 3 when it is started");
        lines[^1].ShouldBe("Its containers are not shown: no socket");
    }
}
