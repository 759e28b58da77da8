using System.Text.Json;

namespace Mambo.Cli.Tests.Apps;

public sealed class AppCommandTests : IDisposable
{
    private const string Id = "01997f2e-4c8e-7d1b-9f43-1f6f0f2d8a10";

    private readonly PlayedDoor _door = new();

    public void Dispose() => _door.Dispose();

    [Theory]
    [InlineData("start", "app-started", "✔ shop: started, release 3 serves (2.0 s)")]
    [InlineData("stop", "app-stopped", "✔ shop: stopped; mambo start shop brings release 3 back (2.0 s)")]
    [InlineData("restart", "app-restarted", "✔ shop: restarted, release 3 serves from new containers (2.0 s)")]
    [InlineData("remove", "app-removed", "✔ shop: removed (2.0 s)")]
    public async Task Command_Done_ShowsItsStepsAndEndsWith0(string verb, string told, string last)
    {
        Play(verb, told, $$"""{"deploymentId":"{{Id}}","app":"shop","kind":"{{verb}}","host":"local","state":"done","requestedAt":"2026-11-25T03:40:07Z","release":3,"seconds":2}""");

        var run = await CommandRun.OfAsync(_door.Variables, verb, "shop");

        run.ShouldBe(new CommandRun(0, $"✔ {verb} {Id} of shop\n✔ recall  0.1 s\n{last}\n", ""));
    }

    [Fact]
    public async Task Command_Rejected_SaysWhyAndEndsWith1()
    {
        Play("remove", "deployment-failed", $$$"""
            {"deploymentId":"{{{Id}}}","app":"shop","kind":"remove","host":"local","state":"failed","requestedAt":"2026-11-25T03:40:07Z",
             "failure":{"reason":"rejected","message":"…","errors":[{"field":"app","problem":"shop is locked by ana."}]}}
            """);

        var run = await CommandRun.OfAsync(_door.Variables, "remove", "shop");

        (run.Code, run.Error).ShouldBe((1, "✘ shop: not removed: rejected, nothing was touched\n    app: shop is locked by ana.\n"));
    }

    [Fact]
    public async Task Lock_WhyAndFor_AreSent()
    {
        Play("lock", "app-locked", $$"""{"deploymentId":"{{Id}}","app":"shop","kind":"lock","host":"local","state":"done","requestedAt":"2026-11-25T03:40:07Z"}""");

        var run = await CommandRun.OfAsync(_door.Variables, "lock", "shop", "--why", "moving", "--for", "2h", "--json");

        run.Code.ShouldBe(0, run.Error);
        JsonElement.Parse(run.Output).GetProperty("kind").GetString().ShouldBe("lock");
        _door.Requests.First().Body.ShouldBe("""{"reason":"moving","for":"2h"}""");
    }

    [Fact]
    public async Task Lock_WithoutAReason_IsWrongUsage() => (await CommandRun.OfAsync(_door.Variables, "lock", "shop")).Code.ShouldBe(2);

    [Fact]
    public async Task Remove_VolumesWithoutYes_DoesNothing()
    {
        var run = await CommandRun.OfAsync(_door.Variables, "remove", "shop", "--volumes");

        run.ShouldBe(new CommandRun(2, "", "mambo: --volumes removes the app's data for good. Nothing was done.\n  If that is what you want, add --yes.\n"));
        _door.Requests.ShouldBeEmpty();
    }

    [Fact]
    public async Task Remove_VolumesWithYesAndNoWait_AsksForBothAndReturns()
    {
        _door.Answer("POST /api/apps/shop/remove", 202, $$"""{"deploymentId":"{{Id}}","app":"shop"}""");

        var run = await CommandRun.OfAsync(_door.Variables, "remove", "shop", "--volumes", "--yes", "--no-wait");

        run.ShouldBe(new CommandRun(0, $"✔ remove {Id} of shop\n", ""));
        _door.Requests.Single().Body.ShouldBe("""{"volumes":true}""");
    }

    private void Play(string verb, string told, string ended) => _door
        .Answer($"POST /api/apps/shop/{verb}", 202, $$"""{"deploymentId":"{{Id}}","app":"shop"}""")
        .Answer($"GET /api/deployments/{Id}", 200, ended)
        .Stream("GET /api/events",
            Event(1, "deployment-accepted", """{"steps":["recall"]}""") + Event(2, "deployment-step-completed", """{"step":"recall","number":1,"of":1,"seconds":0.1}""") + Event(3, told, "{}"));

    private static string Event(int seq, string type, string body) =>
        $$"""
        id: {{seq}}
        event: {{type}}
        data: {"seq":{{seq}},"type":"{{type}}","at":"2026-11-25T03:40:07Z","host":"local","body":{{body}}}


        """;
}
