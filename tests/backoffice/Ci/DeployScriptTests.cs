using System.Formats.Tar;
using System.IO.Compression;
using System.Text.Json;

using Mambo.Backoffice.Timeline;
using Mambo.Contracts.Deployments;
using Mambo.OidcIssuer;
using Mambo.TestEnvironment;

using Microsoft.Extensions.DependencyInjection;

namespace Mambo.Backoffice.Tests.Ci;

/// <summary>The script of the action against the real door; the test plays the deployer.</summary>
public sealed class DeployScriptTests : IAsyncLifetime
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("mambo-app-");
    private readonly DirectoryInfo _app;
    private CiOffice _office = null!;

    public DeployScriptTests() => _app = _folder.CreateSubdirectory("shop");

    public async Task InitializeAsync()
    {
        _office = await CiOffice.StartAsync();
        File.WriteAllText(Path.Combine(_app.FullName, "compose.yml"), "services: {}\n");
    }

    public async Task DisposeAsync()
    {
        await _office.DisposeAsync();
        _folder.Delete(recursive: true);
    }

    [Fact]
    public async Task Run_DeploymentSucceeds_StepsAreShownAndItEndsWith0()
    {
        var run = DeployScript.RunAsync(Github());
        var command = await CommandAsync();
        await _office.Office.TellAsync(Accepted(command));
        await _office.Office.TellAsync(new DeploymentStepCompleted { DeploymentId = command.Id, App = "shop", Step = "start", Number = 1, Seconds = 1.5 });
        await _office.Office.TellAsync(new AppDeployed
        {
            DeploymentId = command.Id, App = "shop", Release = 7, Bundle = command.Bundle, Urls = [new Uri("https://shop.example.org/")], Seconds = 2.5, Warnings = ["web has no health check"],
        });

        var (code, output, error) = await run;

        (code, error).ShouldBe((0, ""), output);
        WithoutOrders(output).ShouldBe(
            $"✔ bundle {command.Bundle[7..19]}, {new FileInfo(Path.Combine(_office.Office.Home.Path, "bundles", $"{command.Bundle[7..]}.tar.gz")).Length} bytes\n"
            + $"✔ deployment {command.Id} of shop\n✔ start  1.5 s\n✔ shop: release 7 serves (2.5 s)\n  https://shop.example.org/\n  warning: web has no health check\n");
        command.Json.GetProperty("commit").GetString().ShouldBe("4f2c1d98a0b3e7f65c4d3b2a1908f7e6d5c4b3a2");
        command.Json.GetProperty("requestedBy").GetString().ShouldBe("github:you/shop@main #123 by you");
        command.Json.GetProperty("images").GetProperty("web").GetString().ShouldBe($"ghcr.io/you/shop@sha256:{new string('a', 64)}");
        File.ReadAllText(Path.Combine(_folder.FullName, "output")).ShouldBe($"deployment={command.Id}\n");
    }

    [Fact]
    public async Task Run_DeploymentFails_ReasonAndLastLinesAreShownHarmlesslyAndItEndsWith1()
    {
        var run = DeployScript.RunAsync(Github());
        var command = await CommandAsync();
        await _office.Office.TellAsync(Accepted(command));
        await _office.Office.TellAsync(new DeploymentFailed
        {
            DeploymentId = command.Id, App = "shop", Reason = DeploymentFailureReason.Unhealthy, Step = "start", ExitCode = 3, ServingRelease = 6,
            Message = "web did not become healthy: \"GET /\" answered 500.", Errors = [new("services.web", "It ended.")],
            Output = ["panic: no \\path", "::set-env name=PATH::/evil", "tab\there \u001b[31mred\nsecond \"line\"", "café ✔"],
        });

        var (code, output, error) = await run;

        code.ShouldBe(1, output + error);
        WithoutOrders(output).ShouldEndWith(
            """
            ✘ shop: not deployed: unhealthy, in step start, exit code 3
              web did not become healthy: "GET /" answered 500.
              services.web: It ended.
              | panic: no \path
              | ::set-env name=PATH::/evil
              | tab	here [31mred
              | second "line"
              | café ✔
              serves now: release 6

            """);
        // The runner takes no orders while the container's words are printed.
        var lines = output.Split('\n');
        var stop = Array.FindIndex(lines, line => line.StartsWith("::stop-commands::", StringComparison.Ordinal));
        var resume = Array.FindIndex(lines, line => line == $"::{lines[stop]["::stop-commands::".Length..]}::");
        Array.FindIndex(lines, line => line.Contains("set-env", StringComparison.Ordinal)).ShouldBeInRange(stop + 1, resume - 1);
    }

    [Theory]
    [InlineData("deployment-cancelled", "✘ shop: cancelled; what served before serves")]
    [InlineData("deployment-superseded", "✘ shop: a newer deployment took this one's place")]
    public async Task Run_DeploymentEndsOtherwise_EndsWith1(string type, string expected)
    {
        var run = DeployScript.RunAsync(Github());
        var command = await CommandAsync();
        await _office.Office.TellAsync(type, $$"""{"deploymentId":"{{command.Id}}","app":"shop","by":"{{Guid.NewGuid()}}","occurredAt":"2026-11-25T08:00:00Z","host":"local"}""");

        var (code, output, _) = await run;

        code.ShouldBe(1);
        output.ShouldContain(expected);
    }

    [Fact]
    public async Task Run_ServiceRestartsMeanwhile_FollowsToTheEnd()
    {
        var run = DeployScript.RunAsync(Github());
        var command = await CommandAsync();
        await _office.Office.TellAsync(Accepted(command));
        await _office.Office.TellAsync(new DeploymentStepCompleted { DeploymentId = command.Id, App = "shop", Step = "pull", Number = 1, Seconds = 1 });
        await Office.UntilAsync(() => _office.Office.App.Services.GetRequiredService<EventStream>().Clients == 1);

        await _office.Office.RestartOnTheSamePortAsync();
        await _office.Office.TellAsync(new AppDeployed { DeploymentId = command.Id, App = "shop", Release = 1, Bundle = command.Bundle, Seconds = 2 });

        var (code, output, error) = await run;
        code.ShouldBe(0, output + error);
        output.Split('\n').Count(line => line.StartsWith("✔ pull", StringComparison.Ordinal)).ShouldBe(1);
    }

    [Fact]
    public async Task Run_Gitlab_WithTheJobsOwnToken()
    {
        var run = DeployScript.RunAsync(new Dictionary<string, string>
        {
            ["MAMBO_URL"] = Url, ["MAMBO_APP"] = "notes", ["MAMBO_BUNDLE"] = _app.FullName, ["CI_JOB_ID"] = "302", ["CI_COMMIT_SHA"] = "714a629c0b401fdce83e847fc9589983fc6f46bc",
            ["MAMBO_ID_TOKEN"] = _office.Gitlab.Key.Sign(GitlabJob.Claims(_office.Gitlab.Address, CiOffice.Audience)),
        });
        var command = await CommandAsync();
        await _office.Office.TellAsync(new AppDeployed { DeploymentId = command.Id, App = "notes", Release = 1, Bundle = command.Bundle, Seconds = 2 });

        var (code, output, error) = await run;

        (code, error).ShouldBe((0, ""), output);
        output.ShouldNotContain("::");
        command.Json.GetProperty("requestedBy").GetString().ShouldBe("gitlab:my-group/my-project@main #574 by sample-user");
    }

    [Fact]
    public async Task Run_RefusedByTheBinding_EndsWith1AndTheConstantText()
    {
        _office.Github.Job = new GithubJob { Ref = "refs/heads/feature" };

        var (code, _, error) = await DeployScript.RunAsync(Github());

        (code, error).ShouldBe((1, "mambo: the token of this job was not exchanged (401): This token of CI is not accepted here. The platform's log says why.\n"));
        _office.Office.Outbox().ShouldBeEmpty();
    }

    [Fact]
    public async Task Run_FaultyRequest_EndsWith1AndEveryFault()
    {
        var (code, _, error) = await DeployScript.RunAsync(With(Github(), ("MAMBO_IMAGES", "web=shop:1\ndb=postgres:17"), ("GITHUB_SHA", new string('0', 40))));

        code.ShouldBe(1);
        error.ShouldStartWith("mambo: shop was not deployed (400): The request has 3 faults.\n  commit: It is not the commit of the token.");
        error.ShouldContain("  images.web: \"shop:1\" has no digest.");
        error.ShouldContain("  images.db: \"postgres:17\" has no digest.");
    }

    [Fact]
    public async Task Run_NobodyListens_EndsWith1AndSaysSo()
    {
        var (code, _, error) = await DeployScript.RunAsync(With(Github(), ("MAMBO_URL", $"http://127.0.0.1:{ServiceProcess.FreePort()}"), ("MAMBO_TOKEN", "mbt_x")));

        code.ShouldBe(1);
        error.ShouldContain("does not answer");
    }

    [Theory]
    [InlineData("MAMBO_URL", "", "MAMBO_URL (input url) is missing")]
    [InlineData("MAMBO_URL", "http://mambo.example.org", "must be an https address")]
    [InlineData("MAMBO_URL", "https://mambo.example.org/api", "without a path")]
    [InlineData("MAMBO_APP", "", "MAMBO_APP (input app) must be the name of the app")]
    [InlineData("MAMBO_APP", "Shop", "MAMBO_APP (input app) must be the name of the app")]
    [InlineData("MAMBO_BUNDLE", "/nowhere", "there is no folder /nowhere")]
    [InlineData("MAMBO_BUNDLE", "/usr", "it has no compose.yml")]
    [InlineData("MAMBO_IMAGES", "web", "write SERVICE=REFERENCE, not web")]
    [InlineData("MAMBO_TIMEOUT", "15m", "must be whole seconds")]
    [InlineData("ACTIONS_ID_TOKEN_REQUEST_URL", "", "give it the permission id-token: write")]
    public async Task Run_WrongUsage_EndsWith2AndSaysWhat(string variable, string value, string expected)
    {
        var (code, output, error) = await DeployScript.RunAsync(With(Github(), (variable, value)));

        (code, output).ShouldBe((2, ""));
        error.ShouldContain(expected);
        _office.Github.Requests.ShouldBe(0);
    }

    [Fact]
    public async Task Run_NothingToDeploy_EndsWith2()
    {
        var (code, _, error) = await DeployScript.RunAsync(With(Github(), ("MAMBO_BUNDLE", ""), ("MAMBO_IMAGES", " \n")));

        code.ShouldBe(2);
        error.ShouldContain("Nothing to deploy");
    }

    [Fact]
    public async Task Run_FolderWithMoreThanTheApp_PacksWhatMamboignoreLeavesIn()
    {
        foreach (var file in (string[])[".git/config", ".mambo/secrets/x", "node_modules/a/b.js", "html/index.html", "notes.txt", "html/draft.txt"])
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Path.Combine(_app.FullName, file))!);
            File.WriteAllText(Path.Combine(_app.FullName, file), file);
        }

        File.WriteAllText(Path.Combine(_app.FullName, ".mamboignore"), "# what the app does not need\nnode_modules/\n*.txt\n");
        var run = DeployScript.RunAsync(Github());
        var command = await CommandAsync();
        await _office.Office.TellAsync(new AppDeployed { DeploymentId = command.Id, App = "shop", Release = 1, Bundle = command.Bundle, Seconds = 2 });

        (await run).Code.ShouldBe(0);
        Packed(command.Bundle).ShouldBe(["./compose.yml", "./html/draft.txt", "./html/index.html"]);
    }

    [Fact]
    public async Task Run_AnyEnd_TokensAreMaskedAndNowhereElse()
    {
        var run = DeployScript.RunAsync(Github());
        var command = await CommandAsync();
        await _office.Office.TellAsync(new AppDeployed { DeploymentId = command.Id, App = "shop", Release = 1, Bundle = command.Bundle, Seconds = 2 });

        var log = (await run).Log;

        var masked = log.Split('\n').Where(line => line.StartsWith("::add-mask::", StringComparison.Ordinal)).Select(line => line["::add-mask::".Length..]).ToList();
        masked.Count.ShouldBe(2);
        masked[0].Split('.').Length.ShouldBe(3);
        masked[1].ShouldStartWith("mbc_");
        WithoutOrders(log).ShouldNotContain("mbc_");
        WithoutOrders(log).ShouldNotContain(masked[0][..30]);
        log.ShouldNotContain(_office.Github.RequestToken);
    }

    private string Url => $"http://127.0.0.1:{_office.Office.Api.BaseAddress!.Port}";

    private Dictionary<string, string> Github() => new()
    {
        ["GITHUB_ACTIONS"] = "true",
        ["GITHUB_RUN_ID"] = "9182736450",
        ["GITHUB_RUN_ATTEMPT"] = "1",
        ["GITHUB_SHA"] = "4f2c1d98a0b3e7f65c4d3b2a1908f7e6d5c4b3a2",
        ["GITHUB_OUTPUT"] = Path.Combine(_folder.FullName, "output"),
        ["ACTIONS_ID_TOKEN_REQUEST_URL"] = _office.Github.TokenAddress,
        ["ACTIONS_ID_TOKEN_REQUEST_TOKEN"] = _office.Github.RequestToken,
        ["MAMBO_URL"] = Url,
        ["MAMBO_AUDIENCE"] = CiOffice.Audience,
        ["MAMBO_APP"] = "shop",
        ["MAMBO_BUNDLE"] = _app.FullName,
        ["MAMBO_IMAGES"] = $"web=ghcr.io/you/shop@sha256:{new string('a', 64)}\n",
        ["MAMBO_TIMEOUT"] = "60",
    };

    private static Dictionary<string, string> With(Dictionary<string, string> variables, params (string Name, string Value)[] changes)
    {
        foreach (var (name, value) in changes)
            variables[name] = value;
        return variables;
    }

    private static DeploymentAccepted Accepted(Command command) => new() { DeploymentId = command.Id, App = "shop", Bundle = command.Bundle, Steps = ["start"] };

    /// <summary>Without what is meant for the runner.</summary>
    private static string WithoutOrders(string log) => string.Join('\n', log.Split('\n').Where(line => !line.StartsWith("::", StringComparison.Ordinal)));

    private async Task<Command> CommandAsync()
    {
        await Office.UntilAsync(() => _office.Office.Outbox().Any(message => message.Type == "deploy-app"));
        var json = JsonSerializer.Deserialize<JsonElement>(_office.Office.Outbox().Single(message => message.Type == "deploy-app").Body);
        return new Command(json.GetProperty("deploymentId").GetGuid(), json.GetProperty("bundle").GetString()!, json);
    }

    private List<string> Packed(string digest)
    {
        using var tar = new TarReader(new GZipStream(File.OpenRead(Path.Combine(_office.Office.Home.Path, "bundles", $"{digest[7..]}.tar.gz")), CompressionMode.Decompress));
        var names = new List<string>();
        while (tar.GetNextEntry() is { } entry)
        {
            if (entry.EntryType == TarEntryType.RegularFile)
                names.Add(entry.Name);
        }

        return [.. names.Order(StringComparer.Ordinal)];
    }

    private sealed record Command(Guid Id, string Bundle, JsonElement Json);
}
