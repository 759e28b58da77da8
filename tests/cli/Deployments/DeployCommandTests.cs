using System.Text.Json;

namespace Mambo.Cli.Tests.Deployments;

public sealed class DeployCommandTests : IDisposable
{
    private const string Id = "01997f2e-4c8e-7d1b-9f43-1f6f0f2d8a10";

    private const string Accepted = $$"""{"deploymentId":"{{Id}}","app":"shop"}""";

    private const string Started = $$$"""
        id: 1
        event: deployment-accepted
        data: {"seq":1,"id":"a","type":"deployment-accepted","at":"2026-11-25T03:40:07+00:00","host":"local","hash":"0","body":{"deploymentId":"{{{Id}}}","app":"shop","steps":["unpack","pull","start"]}}

        id: 2
        data: {"seq":2,"id":"b","type":"deployment-step-completed","at":"2026-11-25T03:40:07+00:00","host":"local","hash":"0","body":{"app":"shop","step":"unpack","number":1,"of":3,"seconds":0.12}}


        """;

    private const string Deployed = """
        id: 3
        data: {"seq":3,"id":"c","type":"deployment-step-completed","at":"2026-11-25T03:40:08+00:00","host":"local","hash":"0","body":{"app":"shop","step":"pull","number":2,"of":3,"seconds":1.24}}

        id: 4
        data: {"seq":4,"id":"d","type":"app-deployed","at":"2026-11-25T03:40:09+00:00","host":"local","hash":"0","body":{"app":"shop"}}


        """;

    private readonly TemporaryFolder _folder = new();
    private readonly PlayedDoor _door = new();

    public DeployCommandTests()
    {
        _folder.Write("shop/compose.yml", "services: {}");
        _door.Answer("POST /api/deployments", 202, Accepted);
    }

    public void Dispose()
    {
        _door.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task Deploy_NewFolder_UploadsItAndAsksForIt()
    {
        AcceptBundles();

        var run = await DeployAsync(_folder["shop"], "--commit", "4f2c1d9");

        run.Code.ShouldBe(0, run.Error);
        var asked = _door.Requests.ToList();
        var digest = asked[0].Line["HEAD /api/bundles/".Length..];
        asked.Select(one => one.Line).ShouldBe([$"HEAD /api/bundles/{digest}", $"PUT /api/bundles/{digest}", "POST /api/deployments"]);
        $"sha256:{Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(asked[1].Bytes))}".ShouldBe(digest);
        asked[2].Body.ShouldBe($$"""{"app":"shop","bundle":"{{digest}}","commit":"4f2c1d9"}""");
        asked[2].Headers["Idempotency-Key"].ShouldNotBeNullOrEmpty();
        asked.ShouldAllBe(one => one.Headers["Authorization"] == "Bearer token-of-the-test");
        run.Output.ShouldContain($"✔ deployment {Id} of shop\n  Follow it: mambo events --follow --app shop\n");
    }

    [Fact]
    public async Task Deploy_KnownFolder_DoesNotUploadAgain()
    {
        StoreBundle();

        var run = await DeployAsync(_folder["shop"]);

        run.Code.ShouldBe(0, run.Error);
        run.Output.ShouldContain("1 file, 2.1 kB: the platform has it\n");
        _door.Requests.ShouldAllBe(one => !one.Line.StartsWith("PUT"));
    }

    [Fact]
    public async Task Deploy_Wait_ShowsEachStepOnceAcrossABrokenConnection()
    {
        StoreBundle();
        _door.Stream("GET /api/events", Started, Deployed);
        Ended("""{"state":"deployed","release":3,"seconds":2.5,"urls":["http://shop.localhost:7480/"],"warnings":["worker has no health check"],""");

        var run = await DeployAsync(_folder["shop"], "--wait");

        run.Code.ShouldBe(0, run.Error);
        run.Output.Split('\n')[2..].ShouldBe(
        [
            "✔ unpack  0.1 s", "✔ pull    1.2 s", "✔ shop: release 3 serves (2.5 s)", "  http://shop.localhost:7480/", "  warning: worker has no health check", "",
        ]);
        _door.Requests.Where(one => one.Line.StartsWith("GET /api/events")).Select(one => one.Headers.GetValueOrDefault("Last-Event-ID")).ShouldBe([null, "2"]);
    }

    [Fact]
    public async Task Deploy_WaitAndFailed_SaysWhyOnStandardErrorAndEndsWithOne()
    {
        StoreBundle();
        _door.Stream("GET /api/events", Started + Deployed.Replace("app-deployed", "deployment-failed"));
        Ended("""
            {"state":"failed","failure":{"reason":"unhealthy","step":"start","message":"Service web did not become healthy within 90 s.","exitCode":1,
            "output":["nginx: [emerg] bad config","\u001b[31mred"],"left":"network mambo-shop_default","servingRelease":2,"errors":[{"field":"services.web","problem":"wrong"}]},
            """);

        var run = await DeployAsync(_folder["shop"], "--wait");

        run.Code.ShouldBe(1);
        run.Error.Split('\n').ShouldBe(
        [
            "✘ shop: not deployed: it did not become healthy, in step start, exit code 1", "  Service web did not become healthy within 90 s.", "    services.web: wrong",
            "    nginx: [emerg] bad config", "    ?[31mred", "  serves now: release 2", "  left behind: network mambo-shop_default", "",
        ]);
    }

    [Fact]
    public async Task Deploy_WaitAndRejected_SaysEachFaultOnce()
    {
        StoreBundle();
        _door.Stream("GET /api/events", Deployed.Replace("app-deployed", "deployment-failed"));
        Ended("""{"state":"failed","failure":{"reason":"rejected","message":"Rejected: app: unknown.","errors":[{"field":"app","problem":"unknown"}],"output":[]},""");

        var run = await DeployAsync(_folder["shop"], "--wait");

        (run.Code, run.Error).ShouldBe((1, "✘ shop: not deployed: rejected, nothing was touched\n    app: unknown\n"));
    }

    [Theory]
    [InlineData("superseded", "✘ shop: a newer deployment took this one's place\n")]
    [InlineData("cancelled", "✘ shop: cancelled; what served before serves\n")]
    public async Task Deploy_WaitAndNotServing_EndsWithOne(string state, string expected)
    {
        StoreBundle();
        _door.Stream("GET /api/events", Started + Deployed.Replace("app-deployed", $"deployment-{state}"));
        Ended($$"""{"state":"{{state}}",""");

        var run = await DeployAsync(_folder["shop"], "--wait");

        (run.Code, run.Error).ShouldBe((1, expected));
    }

    [Fact]
    public async Task Deploy_WaitJson_PrintsTheDeploymentAndNothingElse()
    {
        StoreBundle();
        _door.Stream("GET /api/events", Started + Deployed);
        Ended("""{"state":"deployed","release":3,"fromTheFuture":true,""");

        var run = await DeployAsync(_folder["shop"], "--wait", "--json");

        run.Error.ShouldBeEmpty();
        var document = JsonSerializer.Deserialize<JsonElement>(run.Output);
        document.GetProperty("release").GetInt32().ShouldBe(3);
        document.GetProperty("fromTheFuture").GetBoolean().ShouldBeTrue();
    }

    [Fact]
    public async Task Deploy_CtrlCWhileWaiting_SaysThatItGoesOn()
    {
        StoreBundle();
        _door.Stream("GET /api/events", Started);
        using var interrupt = new CancellationTokenSource();

        var running = CommandRun.OfAsync(_door.Variables, interrupt.Token, "deploy", _folder["shop"], "--wait");
        while (!_door.Requests.Any(one => one.Line.StartsWith("GET /api/events") && one.Headers.ContainsKey("Last-Event-ID")))
            await Task.Delay(10);
        await interrupt.CancelAsync();
        var run = await running;

        run.Code.ShouldBe(1);
        run.Error.ShouldBe($"mambo: Stopped waiting; deployment {Id} goes on.\n  Follow it: mambo events --follow --app shop\n  Stop it:   mambo cancel {Id}\n");
    }

    [Fact]
    public async Task Deploy_TimeIsOver_SaysThatItGoesOn()
    {
        StoreBundle();
        _door.Stream("GET /api/events", Started);

        var run = await DeployAsync(_folder["shop"], "--wait", "--timeout", "1s");

        run.Code.ShouldBe(1);
        run.Error.ShouldStartWith($"mambo: Deployment {Id} has not ended within 1.0 s; it goes on.\n");
    }

    [Fact]
    public async Task Deploy_Refused_ListsEveryFaultOnItsLine()
    {
        _door.Answer("POST /api/deployments", 400, """{"title":"Bad Request","status":400,"errors":[{"field":"app","problem":"It is missing."},{"field":"images.web","problem":"\"A B\" is no image."}]}""", "application/problem+json");

        var run = await DeployAsync("--app", "shop", "--image", "web=A B");

        (run.Code, run.Error).ShouldBe((1, "mambo: The platform refused it: 2 faults.\n  app: It is missing.\n  images.web: \"A B\" is no image.\n"));
    }

    [Fact]
    public async Task Deploy_SeveralAppsAndImages_AsksForEach()
    {
        var run = await DeployAsync("--app", "shop", "--app", "shop-test", "--image", "web=a:1", "--image", "db=b:2", "--json");

        run.Code.ShouldBe(0, run.Error);
        _door.Requests.Select(one => one.Body).ShouldBe(
            ["""{"app":"shop","images":{"web":"a:1","db":"b:2"}}""", """{"app":"shop-test","images":{"web":"a:1","db":"b:2"}}"""]);
        JsonSerializer.Deserialize<JsonElement>(run.Output).GetArrayLength().ShouldBe(2);
    }

    [Fact]
    public async Task Deploy_WrongToken_SaysWhereItCameFrom()
    {
        _door.Answer("POST /api/deployments", 401);

        var run = await DeployAsync("--app", "shop", "--image", "web=a");

        (run.Code, run.Error).ShouldBe((1, $"mambo: The platform at {_door.Address} does not accept the token from the variable MAMBO_TOKEN.\n  It must be one whose SHA-256 is in the platform's secret api-tokens.\n"));
        run.Error.ShouldNotContain("token-of-the-test");
    }

    [Fact]
    public async Task Deploy_NoSuchFolder_IsWrongUsage() =>
        (await DeployAsync("/no/such")).ShouldBe(new CommandRun(2, "", "mambo: There is no folder /no/such.\n"));

    [Fact]
    public async Task Deploy_FolderWithoutCompose_IsWrongUsage()
    {
        var run = await DeployAsync(_folder.Path);

        (run.Code, run.Error.Split('\n')[0]).ShouldBe((2, $"mambo: {_folder.Path} is no app: it has no compose.yml."));
    }

    [Fact]
    public async Task Deploy_FolderNameIsNoAppName_SaysHowToNameIt()
    {
        _folder.Write("My Shop/compose.yml");

        var run = await DeployAsync(_folder["My Shop"]);

        run.Code.ShouldBe(2);
        run.Error.ShouldStartWith("mambo: The folder's name \"My Shop\" is no app name.\n");
        run.Error.ShouldContain("--app NAME");
    }

    [Theory]
    [InlineData("mambo: Nothing to deploy: name a folder, or an app and its new images.", "--commit", "a")]
    [InlineData("mambo: Nothing new for shop: name a folder, or its new images.", "--app", "shop")]
    [InlineData("mambo: --image web: write SERVICE=REFERENCE, such as --image web=ghcr.io/you/shop:1.2.", "--app", "shop", "--image", "web")]
    [InlineData("mambo: --image web=b: the service web has an image already, a.", "--app", "shop", "--image", "web=a", "--image", "web=b")]
    [InlineData("--timeout must be a whole number and s, m or h, such as 90s or 15m, up to 168h.", "--app", "shop", "--timeout", "soon")]
    public async Task Deploy_MakesNoSense_IsWrongUsage(string expected, params string[] args)
    {
        var run = await DeployAsync(args);

        (run.Code, run.Error.Split('\n')[0]).ShouldBe((2, expected));
        _door.Requests.ShouldBeEmpty();
    }

    private Task<CommandRun> DeployAsync(params string[] args) => CommandRun.OfAsync(_door.Variables, ["deploy", .. args]);

    private string DigestOfShop()
    {
        using var bundle = Cli.Deployments.BundlePacker.Pack(_folder["shop"]);
        return bundle.Digest;
    }

    private void StoreBundle() => _door.Answer($"HEAD /api/bundles/{DigestOfShop()}", 200);

    private void AcceptBundles() => _door.Answer($"PUT /api/bundles/{DigestOfShop()}", 201, "{}");

    /// <param name="beginning">A JSON object without its end.</param>
    private void Ended(string beginning) => _door.Answer(
        $"GET /api/deployments/{Id}", 200, beginning.TrimEnd() + $$""" "deploymentId":"{{Id}}","app":"shop","host":"local","requestedAt":"2026-11-25T03:40:07+00:00","steps":[]}""");
}
