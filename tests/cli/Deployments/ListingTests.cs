using System.Text.Json;

using Mambo.Cli.Deployments;
using Mambo.Cli.Platform;

namespace Mambo.Cli.Tests.Deployments;

public sealed class ListingTests
{
    private static readonly PlatformDocument Platform = new("mambo-a8fa33", "local", "0.1.0", "localhost", new Uri("http://127.0.0.1:7480"));

    private static readonly AppDocument Shop = new(
        "shop", "local", 3, new Dictionary<string, string> { ["web"] = "ghcr.io/you/shop@sha256:60303ae22b998861bce3b28f33eec1be758a213c86c93c076dbe9f558c11c752", ["db"] = "postgres:17" },
        [new("http://shop.localhost:7480/"), new("http://www.shop.localhost:7480/")], "4f2c1d9", "owner", CommandRun.At(), ["worker has no health check"]);

    [Fact]
    public void Status_AppsAndDeployments_AreAligned()
    {
        var deployment = new DeploymentDocument(
            Guid.Parse("01997f2e-4c8e-7d1b-9f43-1f6f0f2d8a10"), "blog", "local", "running", "ci", CommandRun.At(), null, null,
            [new(1, "unpack", "done", 0.1), new(2, "pull", "running", null)], null, null, null, null, null);

        StatusCommand.Lines(Platform, "26.1.5", new Uri("http://127.0.0.1:7400"), [Shop], [deployment], CommandRun.UtcTime).ShouldBe(
        [
            "mambo-a8fa33 0.1.0 on host local, Docker Engine 26.1.5",
            "  API  http://127.0.0.1:7400/",
            "  edge http://127.0.0.1:7480/, apps under localhost",
            "",
            "APP   RELEASE  URL                              IMAGES                                               BY     DEPLOYED",
            "shop  3        http://shop.localhost:7480/      db=postgres:17 web=ghcr.io/you/shop@sha256:60303ae…  owner  2026-11-25 03:40:07 UTC",
            "               http://www.shop.localhost:7480/",
            "warning: shop: worker has no health check",
            "",
            "DEPLOYMENT                            APP   STATE    STEP  BY  REQUESTED",
            "01997f2e-4c8e-7d1b-9f43-1f6f0f2d8a10  blog  running  pull  ci  2026-11-25 03:40:07 UTC",
        ]);
    }

    [Fact]
    public void Status_NothingDeployed_SaysHowTo() =>
        StatusCommand.Lines(Platform, null, new Uri("http://h"), [], [], CommandRun.UtcTime).Last().ShouldBe("No app is deployed. Deploy one with: mambo deploy FOLDER --wait");

    [Fact]
    public void Releases_List_MarksTheOneThatServes()
    {
        var images = new Dictionary<string, string> { ["web"] = "shop:1" };
        ReleasesCommand.Lines(new([new(2, images, "4f2c1d9", "ci", CommandRun.At(60), 3.21, true), new(1, null, null, null, CommandRun.At(), null, false)]), CommandRun.UtcTime).ShouldBe(
        [
            "RELEASE  IMAGES  COMMIT   TOOK   BY  DEPLOYED",
            "2 *      shop:1  4f2c1d9  3.2 s  ci  2026-11-25 03:41:07 UTC",
            "1        -       -        -      -   2026-11-25 03:40:07 UTC",
        ]);
    }

    [Fact]
    public async Task Status_Json_IsOneDocument()
    {
        using var door = new PlayedDoor();
        door.Answer("GET /api/platform", 200, """{"name":"mambo","host":"local","version":"0.1.0","domain":"localhost","edge":"http://127.0.0.1:7480","new":1}""")
            .Answer("GET /api/apps", 200, "[]")
            .Answer("GET /api/deployments", 200, """{"deployments":[]}""");

        var run = await CommandRun.OfAsync(door.Variables, "status", "--json");

        run.Code.ShouldBe(0, run.Error);
        JsonSerializer.Deserialize<JsonElement>(run.Output).GetProperty("platform").GetProperty("new").GetInt32().ShouldBe(1);
    }

    [Fact]
    public async Task Releases_UnknownApp_SaysWhatThePlatformSays()
    {
        using var door = new PlayedDoor();
        door.Answer("GET /api/apps/shop/releases", 404, """{"title":"Not Found","status":404,"detail":"No release of an app of this name is known."}""", "application/problem+json");

        (await CommandRun.OfAsync(door.Variables, "releases", "shop")).ShouldBe(new CommandRun(1, "", "mambo: No release of an app of this name is known.\n"));
    }

    [Fact]
    public async Task Cancel_Deployment_SendsTheReason()
    {
        using var door = new PlayedDoor();
        door.Answer("POST /api/deployments/01997f2e-4c8e-7d1b-9f43-1f6f0f2d8a10/cancel", 202, "{}");

        var run = await CommandRun.OfAsync(door.Variables, "cancel", "01997f2e-4c8e-7d1b-9f43-1f6f0f2d8a10", "--why", "wrong branch");

        run.Code.ShouldBe(0, run.Error);
        door.Requests.Single().Body.ShouldBe("""{"reason":"wrong branch"}""");
    }
}
