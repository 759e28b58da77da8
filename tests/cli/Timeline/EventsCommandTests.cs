namespace Mambo.Cli.Tests.Timeline;

public sealed class EventsCommandTests : IDisposable
{
    private const string First = """{"seq":1,"id":"a","type":"app-deployed","at":"2026-11-25T03:40:07+00:00","host":"local","hash":"0","body":{"app":"shop","release":1}}""";

    private const string Second = """{"seq":2,"id":"b","type":"bundle-stored","at":"2026-11-25T03:40:08+00:00","host":"local","hash":"0","body":{"digest":"sha256:0123456789abcdef","size":1234}}""";

    private readonly PlayedDoor _door = new();

    public void Dispose() => _door.Dispose();

    [Fact]
    public async Task Events_Page_OneLineEach()
    {
        _door.Answer("GET /api/events", 200, $$"""{"events":[{{First}},{{Second}}],"next":2}""");

        var run = await CommandRun.OfAsync(_door.Variables, "events", "--app", "shop", "--type", "app-deployed", "-n", "2");

        run.Code.ShouldBe(0, run.Error);
        run.Output.ShouldBe(
            "2026-11-25 03:40:07 UTC  #1      app-deployed               shop  release 1\n"
            + "2026-11-25 03:40:08 UTC  #2      bundle-stored              sha256:0123456789ab, 1.2 kB\n");
        _door.Requests.Single().Line.ShouldBe("GET /api/events?tail=2&app=shop&type=app-deployed");
    }

    [Fact]
    public async Task Events_FollowJson_OneDocumentALineUntilCtrlC()
    {
        _door.Stream("GET /api/events", $"id: 1\ndata: {First}\n\n", $"id: 2\ndata: {Second}\n\n");
        using var interrupt = new CancellationTokenSource();

        var running = CommandRun.OfAsync(_door.Variables, interrupt.Token, "events", "--follow", "--json");
        while (!_door.Requests.Any(one => one.Headers.GetValueOrDefault("Last-Event-ID") == "2"))
            await Task.Delay(10);
        await interrupt.CancelAsync();
        var run = await running;

        (run.Code, run.Output).ShouldBe((0, $"{First}\n{Second}\n"));
        run.Error.ShouldContain("trying again");
    }

    [Theory]
    [InlineData("""{"ok":true,"events":1234,"head":"abc"}""", 0, "✔ The timeline is whole: 1,234 events, the newest has the hash abc.\n", "")]
    [InlineData("""{"ok":false,"events":17,"problem":{"seq":17,"problem":"its body was changed"}}""", 1, "", "✘ The timeline is broken at event 17: its body was changed\n")]
    public async Task Events_Verify_ExitCodeIsTheVerdict(string verdict, int code, string output, string error)
    {
        _door.Answer("GET /api/events/verify", 200, verdict);

        (await CommandRun.OfAsync(_door.Variables, "events", "--verify")).ShouldBe(new CommandRun(code, output, error));
    }

    [Theory]
    [InlineData("--verify", "--follow")]
    [InlineData("-n", "501")]
    [InlineData("-n", "many")]
    public async Task Events_MakesNoSense_IsWrongUsage(params string[] args) => (await CommandRun.OfAsync(_door.Variables, ["events", .. args])).Code.ShouldBe(2);
}
