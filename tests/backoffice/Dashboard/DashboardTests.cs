using System.Text.RegularExpressions;

using Mambo.Contracts.Deployments;
using Mambo.ServiceDefaults.Hosts;
using Mambo.TestEnvironment;

using Microsoft.Playwright;

using static Microsoft.Playwright.Assertions;

namespace Mambo.Backoffice.Tests.Dashboard;

/// <summary>The page in a real browser, on the real service: events come by the real handler, as they would by the bus.</summary>
[Trait("Needs", "Chromium")]
public sealed class DashboardTests(OpenBrowser opened) : IClassFixture<OpenBrowser>, IAsyncLifetime
{
    /// <summary>What Chromium itself writes about such an answer.</summary>
    private const string Unauthorized = "Failed to load resource: the server responded with a status of 401 (Unauthorized)";

    private readonly Browser _browser = opened.Browser;
    private Office _office = null!;
    private Story _story = null!;

    public async Task InitializeAsync()
    {
        // Its port stays the same over a restart.
        _office = await Office.StartAsync($"api.listen=127.0.0.1:{ServiceProcess.FreePort()}", "platform.name=garden", "platform.domain=example.dev");
        _story = new Story(_office);
    }

    public async Task DisposeAsync() => await _office.DisposeAsync();

    [Fact]
    public async Task SignIn_WrongThenRightToken_SaysSoThenShowsThePlatform()
    {
        await using var tab = await _browser.OpenAsync();
        await tab.GotoAsync(Address);
        await Expect(tab.Page.GetByLabel("API token")).ToBeFocusedAsync();

        await SignInAsync(tab, "wrong");
        await Expect(tab.Page.GetByRole(AriaRole.Alert).First).ToHaveTextAsync("The platform does not know this token.");
        await SignInAsync(tab, "wröng ☺");
        await Expect(tab.Page.GetByRole(AriaRole.Alert).First).ToHaveTextAsync("The platform does not know this token.");
        await SignInAsync(tab, _office.Home.ApiToken);

        await ShouldBeLiveAsync(tab);
        await Expect(tab.Page.GetByRole(AriaRole.Heading, new() { Level = 1, Name = "garden" })).ToBeVisibleAsync();
        await Expect(tab.Page.Locator("#chain")).ToContainTextAsync("Chain whole, 0 events");
        tab.Errors.ShouldBe([Unauthorized]);
    }

    [Fact]
    public async Task Token_SignedIn_SurvivesAReloadAndIsInNoAddressAndGoneAfterSignOut()
    {
        await using var tab = await OpenAsync();
        await tab.Page.ReloadAsync();
        await ShouldBeLiveAsync(tab);

        await tab.Page.GetByRole(AriaRole.Button, new() { Name = "Sign out" }).ClickAsync();

        await Expect(tab.Page.GetByLabel("API token")).ToBeVisibleAsync();
        (await tab.Page.EvaluateAsync<string>("JSON.stringify({ ...sessionStorage, ...localStorage }) + document.cookie + document.documentElement.outerHTML")).ShouldNotContain(_office.Home.ApiToken);
        tab.Requests.ShouldAllBe(address => !address.Contains(_office.Home.ApiToken) && address.StartsWith(Address, StringComparison.Ordinal));
        tab.Errors.ShouldBeEmpty();
    }

    [Fact]
    public async Task Deployment_Told_ShowsLiveWithoutAReload()
    {
        await using var tab = await OpenAsync();
        await Expect(tab.Page.Locator("#apps")).ToHaveAttributeAsync("data-empty", new Regex("Nothing serves yet"));
        await tab.Page.EvaluateAsync("window.here = true");

        var id = await _story.BeginAsync("shop", done: 1);
        var deployment = tab.Page.Locator($"[data-deployment='{id}']");
        await Expect(deployment.Locator("li[data-state=done]")).ToHaveCountAsync(1);
        await Expect(deployment.Locator("li[data-state=running]")).ToContainTextAsync("pull");
        await _story.EndStepAsync("shop", id, 2);
        await Expect(deployment.Locator("li[data-state=done]")).ToHaveCountAsync(2);
        await Expect(tab.Page.Locator("#timeline details").First).ToContainTextAsync("shop pull done in 0.2 s, 2 of 6");
        await _office.TellAsync(new AppDeployed { DeploymentId = id, App = "shop", Release = 3, Seconds = 1.44, RequestedBy = "owner", Commit = "4f2c91a", Urls = [new Uri("http://shop.example.dev/")] });

        await Expect(tab.Page.Locator("[data-app=shop] .release")).ToHaveTextAsync("release 3");
        await Expect(tab.Page.Locator("[data-app=shop] a")).ToHaveAttributeAsync("href", "http://shop.example.dev/");
        await Expect(deployment).ToHaveAttributeAsync("data-state", "deployed");
        await Expect(tab.Page.Locator("#timeline details").First).ToContainTextAsync("shop 3 deployed in 1.4 s by owner");
        (await tab.Page.EvaluateAsync<bool>("window.here")).ShouldBeTrue();
        tab.Errors.ShouldBeEmpty();
    }

    [Fact]
    public async Task Restart_WhileOpen_SaysTheLineIsDownThenMissesNothing()
    {
        await using var tab = await OpenAsync();
        await _story.DeployAsync("shop", 1);
        await Expect(tab.Page.Locator("[data-app=shop] .release")).ToHaveTextAsync("release 1");
        await tab.Page.EvaluateAsync("window.here = true");

        await _office.RestartAsync(async () => await Expect(tab.Page.Locator("#line")).ToContainTextAsync("Line down"));
        await _story.DeployAsync("shop", 2);

        await ShouldBeLiveAsync(tab);
        await Expect(tab.Page.Locator("[data-app=shop] .release")).ToHaveTextAsync("release 2");
        var seqs = await tab.Page.Locator("#timeline details").EvaluateAllAsync<int[]>("rows => rows.map(row => Number(row.dataset.seq))");
        seqs.ShouldBe(Enumerable.Range(1, 16).Reverse());
        (await tab.Page.EvaluateAsync<bool>("window.here")).ShouldBeTrue();
        tab.Errors.ShouldAllBe(error => error.StartsWith("Failed to load resource: net::ERR_", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Restart_TokenTakenAway_AsksForAnother()
    {
        await using var tab = await OpenAsync();

        await _office.RestartAsync(() =>
        {
            _office.Home.WriteSecret("api-tokens", $"other sha256:{new string('0', 64)}");
            return Task.CompletedTask;
        });

        await Expect(tab.Page.GetByRole(AriaRole.Alert).First).ToHaveTextAsync("The platform does not know this token any more.");
        await Expect(tab.Page.Locator("#board")).ToBeHiddenAsync();
    }

    [Fact]
    public async Task HostileText_EverywhereAnEventCarriesText_StaysText()
    {
        const string Hostile = "<img src=x onerror=\"window.owned=1\"><script>window.owned=1</script>";
        var id = Guid.CreateVersion7();
        await _office.TellAsync(new AppDeployed
        {
            DeploymentId = id,
            App = "shop",
            Release = 1,
            Commit = Hostile,
            RequestedBy = Hostile,
            Host = Hostile,
            Bundle = Hostile,
            Warnings = [Hostile],
            Urls = [new Uri("javascript:window.owned=1"), new Uri("data:text/html,<script>window.owned=1</script>"), new Uri("http://shop.example.dev/?<img>")],
            Images = new Dictionary<string, string> { [Hostile] = Hostile },
        });
        await _office.TellAsync(new DeploymentFailed { DeploymentId = Guid.CreateVersion7(), App = Hostile, Message = Hostile, Step = Hostile, Output = [Hostile], Left = Hostile, Errors = [new FieldError(Hostile, Hostile)] });
        await _office.TellAsync("newer-event", $$"""{"app":{"toString":1},"text":"<img src=x onerror=window.owned=1>"}""");
        await _office.TellAsync("app-deployed", """{"app":["<b>"],"release":"<b>","seconds":{"toFixed":null},"urls":5}""");
        await using var tab = await OpenAsync();

        foreach (var summary in await tab.Page.Locator("summary").AllAsync())
            await summary.ClickAsync();

        await Expect(tab.Page.Locator("[data-app=shop] .warning")).ToHaveTextAsync(Hostile);
        await Expect(tab.Page.Locator(".failure pre")).ToHaveTextAsync(Hostile);
        await Expect(tab.Page.Locator("[data-type=newer-event] .what")).ToHaveTextAsync("newer-event");
        (await tab.Page.Locator("#timeline pre").CountAsync()).ShouldBe(4);
        (await tab.Page.EvaluateAsync<int>("document.querySelectorAll('#apps img, main img, #board main script, #board main b b').length")).ShouldBe(1, "only the picture at the sign-in");
        (await tab.Page.EvaluateAsync<bool>("'owned' in window")).ShouldBeFalse();
        (await tab.Page.Locator("#board a").EvaluateAllAsync<string[]>("links => links.map(link => link.protocol)")).ShouldAllBe(protocol => protocol == "http:");
        tab.Errors.ShouldBeEmpty();
    }

    [Fact]
    public async Task FailedDeployment_UnfoldedByKeyboard_SaysWhyAndWhatServesAndStaysSoWhenAnotherComes()
    {
        await _story.DeployAsync("shop", 3);
        await _story.FailAsync("shop", serving: 3, "listening", "\u001b[31merror\u001b[0m: no database");
        await using var tab = await OpenAsync();
        var failed = tab.Page.Locator(".deployment[data-state=failed]");

        await failed.Locator("summary").FocusAsync();
        await tab.Page.Keyboard.PressAsync("Enter");

        var text = await failed.Locator(".failure").InnerTextAsync();
        text.ShouldContain("It did not become healthy · in start · exit code 1");
        text.ShouldContain("The service web ended three times within 30 s and never became healthy.");
        text.ShouldContain("listening\nerror: no database");
        text.ShouldContain("Release 3 serves.");
        await Expect(failed.Locator("li[data-state=failed]")).ToContainTextAsync("start");
        await _story.BeginAsync("notes");
        await Expect(tab.Page.Locator(".deployment")).ToHaveCountAsync(3);
        await Expect(failed.Locator(".failure")).ToBeVisibleAsync();
        await Expect(failed.Locator("summary")).ToBeFocusedAsync();
        tab.Errors.ShouldBeEmpty();
    }

    [Fact]
    public async Task Timeline_FilteredAndOlderPages_ShowsEachEventOnceNewestFirst()
    {
        for (var release = 1; release <= 20; release++)
            await _story.DeployAsync(release % 2 == 0 ? "shop" : "notes", release);
        await using var tab = await OpenAsync();
        var rows = tab.Page.Locator("#timeline details");
        await Expect(rows).ToHaveCountAsync(50);

        await tab.Page.GetByRole(AriaRole.Button, new() { Name = "Older" }).ClickAsync();
        await Expect(rows).ToHaveCountAsync(100);
        await tab.Page.GetByRole(AriaRole.Button, new() { Name = "Older" }).ClickAsync();
        await Expect(rows).ToHaveCountAsync(150);
        await tab.Page.GetByRole(AriaRole.Button, new() { Name = "Older" }).ClickAsync();
        await Expect(rows).ToHaveCountAsync(160);
        await Expect(tab.Page.Locator("#timeline-end")).ToHaveTextAsync("This is where it began.");
        (await rows.EvaluateAllAsync<int[]>("rows => rows.map(row => Number(row.dataset.seq))")).ShouldBe(Enumerable.Range(1, 160).Reverse());

        await tab.Page.Locator("#filter-app").SelectOptionAsync("shop");
        await tab.Page.Locator("#filter-kind").SelectOptionAsync("app-deployed");
        await Expect(rows).ToHaveCountAsync(10);
        await _story.DeployAsync("notes", 21);
        await _story.DeployAsync("shop", 22);
        await Expect(rows).ToHaveCountAsync(11);
        await Expect(rows.First).ToContainTextAsync("shop 22 deployed");
        await Expect(rows.First.Locator("time")).ToHaveAttributeAsync("title", new Regex(@"^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC$"));
        await rows.First.Locator("summary").ClickAsync();
        await Expect(rows.First.Locator("pre")).ToContainTextAsync("\"hash\": \"");
        tab.Errors.ShouldBeEmpty();
    }

    [Fact]
    public async Task Chain_Tampered_SaysWhereWhenAsked()
    {
        await _story.DeployAsync("shop", 1);
        await using var tab = await OpenAsync();
        await Expect(tab.Page.Locator("#chain")).ToContainTextAsync("Chain whole, 8 events");

        await _office.Journal.WriteAsync(transaction => transaction.Execute("UPDATE timeline SET body = replace(body, 'owner', 'nobody') WHERE seq = 8"));
        await tab.Page.Locator("#chain").ClickAsync();

        await Expect(tab.Page.Locator("#chain")).ToContainTextAsync("Chain broken at 8");
        await Expect(tab.Page.Locator("#chain-problem")).ToHaveTextAsync("Event 8 is not as it was recorded: its content or its hash was changed.");
    }

    private string Address => _office.App.Services.ListeningAt(Listeners.Api).ToString();

    private async Task<Tab> OpenAsync()
    {
        var tab = await _browser.OpenAsync();
        await tab.GotoAsync(Address);
        await SignInAsync(tab, _office.Home.ApiToken);
        await ShouldBeLiveAsync(tab);
        return tab;
    }

    private static async Task SignInAsync(Tab tab, string token)
    {
        await tab.Page.GetByLabel("API token").FillAsync(token);
        await tab.Page.Keyboard.PressAsync("Enter");
    }

    private static Task ShouldBeLiveAsync(Tab tab) => Expect(tab.Page.Locator("#line")).ToHaveTextAsync("Live");
}
