using System.Net;
using System.Net.Http.Json;
using System.Text.Json;

using Mambo.Contracts.Deployments;
using Mambo.OidcIssuer;
using Mambo.TestEnvironment;

using Microsoft.Extensions.Time.Testing;

namespace Mambo.Backoffice.Tests.Ci;

/// <summary>What a handle opens, and what stays closed.</summary>
public sealed class CiDoorTests : IAsyncLifetime
{
    private const string Sha = "4f2c1d98a0b3e7f65c4d3b2a1908f7e6d5c4b3a2";
    private static readonly string Digest = new('a', 64);
    private static readonly Bundle Shop = Bundle.Of(("compose.yml", "services: {}"));

    private readonly FakeTimeProvider _time = new(DateTimeOffset.UtcNow);
    private CiOffice _office = null!;
    private HttpClient _ci = null!;

    public async Task InitializeAsync()
    {
        _office = await CiOffice.StartAsync(time: _time);
        _ci = await _office.ExchangeAsync(_office.GithubToken());
    }

    public async Task DisposeAsync()
    {
        _ci.Dispose();
        await _office.DisposeAsync();
    }

    [Fact]
    public async Task Deploy_OfItsAppWithoutCommit_ItsCommitAndJobAreInTheCommand()
    {
        var id = await _ci.DeployAsync("shop", Shop);

        var command = _office.Office.Outbox().Single(message => message.Type == "deploy-app");
        var body = JsonSerializer.Deserialize<JsonElement>(command.Body);
        body.GetProperty("commit").GetString().ShouldBe(Sha);
        body.GetProperty("requestedBy").GetString().ShouldBe("github:you/shop@main #123 by you");
        var deployment = await _ci.GetFromJsonAsync<JsonElement>($"/api/deployments/{id}");
        deployment.GetProperty("commit").GetString().ShouldBe(Sha);
        JsonSerializer.Deserialize<JsonElement>(_office.Office.Outbox().Single(message => message.Type == "bundle-stored").Body).GetProperty("storedBy").GetString()
            .ShouldBe("github:you/shop@main #123 by you");
    }

    [Theory]
    [InlineData(Sha, 202)]
    [InlineData("4f2c1d98a0b3e7f65c4d3b2a1908f7e6d5c4b3a3", 400)]
    [InlineData("4f2c1d9", 400)]
    public async Task Deploy_WithACommit_OnlyTheTokensOwn(string commit, int status)
    {
        await _ci.StoreAsync(Shop);

        using var answer = await _ci.PostAsJsonAsync("/api/deployments", new { app = "shop", bundle = Shop.Digest, commit });

        ((int)answer.StatusCode).ShouldBe(status);
        if (status == 400)
            (await answer.Content.ReadAsStringAsync()).ShouldContain("""{"field":"commit","problem":"It is not the commit of the token.""");
    }

    [Fact]
    public async Task Deploy_OfAnotherApp_403AndNothingIsSent()
    {
        await _ci.StoreAsync(Shop);

        using var answer = await _ci.PostAsJsonAsync("/api/deployments", new { app = "billing", bundle = Shop.Digest });

        answer.StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        _office.Office.Outbox().ShouldNotContain(message => message.Type == "deploy-app");
    }

    [Theory]
    [InlineData("ghcr.io/you/shop:1.2", 400)]
    [InlineData("ghcr.io/you/shop", 400)]
    [InlineData("ghcr.io/you/shop:1.2@sha256:", 202)]
    [InlineData("ghcr.io/you/shop@sha256:", 202)]
    public async Task Deploy_Images_OnlyByDigest(string image, int status)
    {
        var reference = image.EndsWith(':') ? image + Digest : image;

        using var answer = await _ci.PostAsJsonAsync("/api/deployments", new { app = "shop", images = new { web = reference } });

        ((int)answer.StatusCode).ShouldBe(status, await answer.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task Deploy_TagsAllowed_ImagesByTag()
    {
        await using var office = await CiOffice.StartAsync("allowTags: true");
        using var ci = await office.ExchangeAsync(office.GithubToken());

        (await ci.PostDeploymentAsync(new { app = "shop", images = new { web = "ghcr.io/you/shop:1.2" } })).ShouldNotBe(Guid.Empty);
    }

    [Fact]
    public async Task Deploy_ManyFaults_AllAtOnce()
    {
        using var answer = await _ci.PostAsJsonAsync("/api/deployments", new { app = "shop", images = new { web = "shop:1", db = "postgres" }, commit = "abc", host = "UP" });

        JsonSerializer.Deserialize<JsonElement>(await answer.Content.ReadAsStringAsync()).GetProperty("errors").EnumerateArray().Select(error => error.GetProperty("field").GetString())
            .ShouldBe(["host", "commit", "images.web", "images.db"]);
    }

    [Fact]
    public async Task Deploy_SameKeyAgain_TheFirstAnswer()
    {
        await _ci.StoreAsync(Shop);
        _ci.DefaultRequestHeaders.Add("Idempotency-Key", "9182736450-1-shop");

        var first = await _ci.PostDeploymentAsync(new { app = "shop", bundle = Shop.Digest });
        var again = await _ci.PostDeploymentAsync(new { app = "shop", bundle = Shop.Digest });

        again.ShouldBe(first);
    }

    [Theory]
    [InlineData("GET", "/api/platform")]
    [InlineData("GET", "/api/apps")]
    [InlineData("GET", "/api/apps/shop/releases")]
    [InlineData("GET", "/api/deployments")]
    [InlineData("GET", "/api/deployments?app=shop")]
    [InlineData("GET", "/api/events")]
    [InlineData("GET", "/api/events?app=shop")]
    [InlineData("GET", "/api/events/verify")]
    [InlineData("GET", "/api/openapi.json")]
    [InlineData("GET", "/api/tokens")]
    [InlineData("POST", "/api/tokens")]
    [InlineData("DELETE", "/api/tokens/ci")]
    [InlineData("GET", "/api/nothing")]
    [InlineData("GET", "/nothing")]
    public async Task Request_Elsewhere_403(string method, string path)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        using var answer = await _ci.SendAsync(request);

        answer.StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        (await answer.Content.ReadAsStringAsync()).ShouldBe("""{"title":"Forbidden","status":403,"detail":"This token is for one app, and lets nothing else be done or seen."}""");
    }

    [Fact]
    public async Task Request_DeploymentOfAnother_404AsIfThereWereNone()
    {
        await _office.Office.Api.StoreAsync(Shop);
        var owners = await _office.Office.Api.PostDeploymentAsync(new { app = "shop", bundle = Shop.Digest });
        var billing = await _office.Office.Api.PostDeploymentAsync(new { app = "billing", bundle = Shop.Digest });

        foreach (var id in (Guid[])[owners, billing, Guid.NewGuid()])
        {
            foreach (var path in (string[])[$"/api/deployments/{id}", $"/api/events?deployment={id}"])
            {
                using var answer = await _ci.GetAsync(path);
                answer.StatusCode.ShouldBe(HttpStatusCode.NotFound, path);
            }
        }

        using var cancel = await _ci.PostAsync($"/api/deployments/{owners}/cancel", null);
        cancel.StatusCode.ShouldBe(HttpStatusCode.Forbidden);
    }

    [Fact]
    public async Task Events_OfItsDeployment_StreamUntilItsEnd()
    {
        var id = await _ci.DeployAsync("shop", Shop);
        using var request = new HttpRequestMessage(HttpMethod.Get, $"/api/events?deployment={id}") { Headers = { { "Accept", "text/event-stream" } } };
        using var stream = await _ci.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);

        await _office.Office.TellAsync(new DeploymentAccepted { DeploymentId = id, App = "shop", Bundle = Shop.Digest, Steps = ["start"] });
        await _office.Office.TellAsync(new DeploymentCancelled { DeploymentId = id, App = "shop" });

        var text = await stream.Content.ReadAsStringAsync().WaitAsync(TimeSpan.FromSeconds(20));
        text.ShouldContain("event: deployment-accepted");
        text.ShouldContain("event: deployment-cancelled");
    }

    [Fact]
    public async Task Request_HandleOlderThanTwentyMinutes_401()
    {
        _time.Advance(TimeSpan.FromMinutes(20));

        using var answer = await _ci.GetAsync($"/api/deployments/{Guid.NewGuid()}");

        answer.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task Request_WithTheTokenOfCiItself_401()
    {
        using var client = _office.Office.NewClient(_office.GithubToken());

        using var answer = await client.GetAsync($"/api/deployments/{Guid.NewGuid()}");

        answer.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task Store_HandleAndTokens_AreNotInTheJournal()
    {
        var token = _office.GithubToken(new GithubJob { Environment = "production" });
        using var ci = await _office.ExchangeAsync(token, "billing");
        var handle = ci.DefaultRequestHeaders.Authorization!.Parameter!;

        var file = string.Concat(Directory.EnumerateFiles(Path.Combine(_office.Office.Home.Path, "data")).Select(path =>
        {
            using var open = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            using var reader = new StreamReader(open, System.Text.Encoding.Latin1);
            return reader.ReadToEnd();
        }));

        file.ShouldContain("github:you/shop@main #123 by you");
        file.ShouldNotContain(handle[4..]);
        file.ShouldNotContain(token.Split('.')[2]);
        file.ShouldNotContain(token.Split('.')[1][..40]);
    }
}
