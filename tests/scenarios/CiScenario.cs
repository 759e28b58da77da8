using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;

using Mambo.OidcIssuer;
using Mambo.TestEnvironment;

namespace Mambo.Scenarios.Tests;

/// <summary>A job of GitHub Actions deploys to the real platform without a secret: its script, the door, the deployer, Docker. Only GitHub itself has a double.</summary>
[Trait("Needs", "Docker")]
public sealed class CiScenario : IAsyncLifetime
{
    private const string Audience = "https://mambo.example.org";

    private readonly PlatformHome _home = new();
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("mambo-app-");
    private Issuer _github = null!;
    private ServiceProcess _platform = null!;
    private string _prefix = "";

    public async Task InitializeAsync()
    {
        _github = await Issuer.StartAsync();
        _home.Configure(
            $$"""
            ci:
              audience: {{Audience}}
              githubIssuer: {{_github.Address}}
              apps:
                shop: { provider: github, repositoryId: 74, ownerId: 65, workflow: .github/workflows/deploy.yml }
            """);
        _platform = new ServiceProcess("Mambo.AllInOne", _home);
        await _platform.StartAsync();
        _prefix = (await _platform.Api.GetFromJsonAsync<JsonElement>("/api/platform")).GetProperty("name").GetString()!;
    }

    public async Task DisposeAsync()
    {
        await _platform.DisposeAsync();
        await DockerCommand.RemoveProjectsAsync($"{_prefix}-");
        await _github.DisposeAsync();
        _home.Dispose();
        _folder.Delete(recursive: true);
    }

    [Fact]
    public async Task Job_GoodThenBrokenThenHostile_TheTruthIsItsExitCodeAndNoTokenIsLeftAnywhere()
    {
        // Given a job that deploys a good release, and one that deploys a broken one
        var good = await DeployAsync("one", healthy: true);
        good.Code.ShouldBe(0, good.Log);
        good.Output.ShouldContain("✔ shop: release 1 serves");
        (await PageAsync()).ShouldBe("one");

        var broken = await DeployAsync("two", healthy: false);
        broken.Code.ShouldBe(1, broken.Log);
        broken.Output.ShouldContain("✘ shop: not deployed: unhealthy");
        broken.Output.ShouldContain("  | ");
        broken.Output.ShouldContain("serves now: release 1");
        (await PageAsync()).ShouldBe("one");

        // And one of a branch that may not
        _github.Job = new GithubJob { Ref = "refs/heads/feature" };
        var refused = await DeployAsync("three", healthy: true);
        refused.Code.ShouldBe(1, refused.Log);
        refused.Error.ShouldContain("This token of CI is not accepted here.");
        (await PageAsync()).ShouldBe("one");

        // Then the timeline says which job asked, the log why one was refused, the metrics nothing of any token
        var events = await _platform.Api.EventsAsync();
        events.Single(item => item.GetProperty("type").GetString() == "app-deployed").GetProperty("body").GetProperty("requestedBy").GetString().ShouldBe("github:you/shop@main #123 by you");
        string.Join('\n', _platform.Output).ShouldContain("A token of CI was refused (ref): github:you/shop@feature #123 by you may not deploy shop: \"refs/heads/feature\" is none of refs/heads/main");

        // And no token is in any log, event, answer or file of the platform
        var canaries = Tokens(good, broken, refused).ToList();
        canaries.Count.ShouldBe(5);
        var everything = string.Join('\n', [.. _platform.Output, .. events.Select(item => item.ToString()), await AnswersAsync(), .. Files()]);
        everything.ShouldContain("github:you/shop@main #123 by you");
        foreach (var canary in canaries)
            everything.Contains(canary, StringComparison.Ordinal).ShouldBeFalse($"a token was found: {canary[..12]}…");
    }

    [Fact]
    public async Task Token_OfTheOwnerForOneApp_DeploysItAndNothingElse()
    {
        using var made = await _platform.Api.PostAsJsonAsync("/api/tokens", new { name = "jenkins", app = "shop", expiresAt = DateTimeOffset.UtcNow.AddDays(1) });
        var token = (await made.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("token").GetString()!;

        var own = await DeployAsync("one", healthy: true, ("MAMBO_TOKEN", token));
        var other = await DeployAsync("one", healthy: true, ("MAMBO_TOKEN", token), ("MAMBO_APP", "billing"));

        own.Code.ShouldBe(0, own.Log);
        other.Code.ShouldBe(1, other.Log);
        other.Error.ShouldContain("billing was not deployed (403)");
        string.Join('\n', [.. _platform.Output, .. (await _platform.Api.EventsAsync()).Select(item => item.ToString()), await AnswersAsync(), .. Files()]).ShouldNotContain(token[4..]);
    }

    private Task<DeployScript> DeployAsync(string page, bool healthy, params (string Name, string Value)[] changes)
    {
        var app = _folder.CreateSubdirectory(Guid.NewGuid().ToString("N"));
        Bundle.WebApp("shop", page, healthy).ExtractTo(app.FullName);
        var variables = new Dictionary<string, string>
        {
            ["GITHUB_ACTIONS"] = "true",
            ["GITHUB_RUN_ID"] = Guid.NewGuid().ToString("N"),
            ["ACTIONS_ID_TOKEN_REQUEST_URL"] = _github.TokenAddress,
            ["ACTIONS_ID_TOKEN_REQUEST_TOKEN"] = _github.RequestToken,
            ["MAMBO_URL"] = $"http://127.0.0.1:{_platform.ApiPort}",
            ["MAMBO_AUDIENCE"] = Audience,
            ["MAMBO_APP"] = "shop",
            ["MAMBO_BUNDLE"] = app.FullName,
        };
        foreach (var (name, value) in changes)
            variables[name] = value;
        return DeployScript.RunAsync(variables);
    }

    /// <summary>What each job was given, by what it told its runner to hide: the signatures of tokens, and handles.</summary>
    private static IEnumerable<string> Tokens(params DeployScript[] runs) => runs.SelectMany(run => run.Output.Split('\n'))
        .Where(line => line.StartsWith("::add-mask::", StringComparison.Ordinal))
        .Select(line => line["::add-mask::".Length..])
        .Select(token => token.StartsWith("mbc_", StringComparison.Ordinal) ? token[4..] : token.Split('.')[2]);

    private async Task<string> AnswersAsync()
    {
        var answers = new StringBuilder();
        foreach (var path in (string[])["/api/apps", "/api/apps/shop/releases", "/api/deployments", "/api/tokens", "/api/events/verify"])
            answers.AppendLine(await _platform.Api.GetStringAsync(path));
        return answers.ToString();
    }

    /// <summary>Every file of the home, its secrets apart; there the owner's tokens belong.</summary>
    private IEnumerable<string> Files()
    {
        foreach (var path in Directory.EnumerateFiles(_home.Path, "*", SearchOption.AllDirectories).Where(path => !path.Contains("/secrets/", StringComparison.Ordinal)))
        {
            using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            using var reader = new StreamReader(file, Encoding.Latin1);
            yield return reader.ReadToEnd();
        }
    }

    private async Task<string> PageAsync()
    {
        using var browser = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Get, $"http://127.0.0.1:{_platform.EdgePort}/") { Headers = { Host = "shop.localhost" } };
        using var answer = await browser.SendAsync(request);
        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        return await answer.Content.ReadAsStringAsync();
    }
}
