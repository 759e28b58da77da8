using Mambo.Cli.Platform;
using Mambo.Cli.Previews;

namespace Mambo.Cli.Tests.Previews;

public sealed class PreviewsTests
{
    [Fact]
    public void Lines_Previews_ThoseThatGoFirstComeFirst() => PreviewsCommand.Lines(
    [
        Preview("shop-pr-12", CommandRun.At().AddDays(2.5)), Preview("shop-pr-7", CommandRun.At(5400)), Preview("shop-pr-1", CommandRun.At(-1)),
    ], CommandRun.At()).ShouldBe(
    [
        "PREVIEW     OF    RELEASE  URL                      LEFT",
        "shop-pr-1   shop  1        http://shop-pr-1:7480/   being removed",
        "shop-pr-7   shop  1        http://shop-pr-7:7480/   1 h 30 min",
        "shop-pr-12  shop  1        http://shop-pr-12:7480/  2 days",
    ]);

    [Fact]
    public async Task Previews_Apps_ShowsOnlyPreviewsThatAreThere()
    {
        using var door = new PlayedDoor();
        door.Answer("GET /api/apps", 200,
            """
            [{"app":"shop","state":"serving","host":"local","release":1,"deployedAt":"2026-11-25T03:40:07Z"},
             {"app":"shop-a","state":"serving","host":"local","release":1,"deployedAt":"2026-11-25T03:40:07Z","previewOf":"shop","expiresAt":"2026-11-28T03:40:07Z"},
             {"app":"shop-b","state":"removed","host":"local","release":1,"deployedAt":"2026-11-25T03:40:07Z","previewOf":"shop","expiresAt":"2026-11-28T03:40:07Z"}]
            """);

        (await CommandRun.OfAsync(door.Variables, "previews")).Output.Split('\n')[1].ShouldStartWith("shop-a   shop  1        -    ");
        (await CommandRun.OfAsync(door.Variables, "previews", "--json")).Output.ShouldNotContain("shop-b");
    }

    [Fact]
    public async Task Deploy_Preview_AsksForItAndFollowsItsOwnApp()
    {
        using var door = new PlayedDoor();
        door.Answer("POST /api/deployments", 202, """{"deploymentId":"01997f2e-4c8e-7d1b-9f43-1f6f0f2d8a10","app":"shop-pr-12"}""");

        var run = await CommandRun.OfAsync(door.Variables, "deploy", "--app", "shop", "--image", "web=shop:2", "--preview", "pr-12", "--ttl", "12h");

        run.Code.ShouldBe(0, run.Error);
        run.Output.ShouldContain("mambo events --follow --app shop-pr-12");
        door.Requests.Single().Body.ShouldBe("""{"app":"shop","images":{"web":"shop:2"},"preview":"pr-12","ttl":"12h"}""");
    }

    private static AppDocument Preview(string app, DateTimeOffset expiresAt) =>
        new(app, "local", 1, null, [new Uri($"http://{app}:7480/")], null, null, CommandRun.At(), null) { PreviewOf = "shop", ExpiresAt = expiresAt };
}
