using System.Net;
using System.Text.Json;

using Mambo.Backoffice.Ci;
using Mambo.OidcIssuer;

using Microsoft.Extensions.Time.Testing;

namespace Mambo.Backoffice.Tests.Ci;

/// <summary>Tokens that are good, the same one twice, and how often a repository may come.</summary>
public sealed class CiTokenTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Exchange_GithubTokenOfEitherSub_AHandleForTheAppAndCommit(bool numbersInSubject)
    {
        await using var office = await CiOffice.StartAsync();

        using var answer = await office.PostAsync(office.GithubToken(new GithubJob { NumbersInSubject = numbersInSubject }));

        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        answer.Headers.CacheControl!.NoStore.ShouldBeTrue();
        var grant = JsonSerializer.Deserialize<JsonElement>(await answer.Content.ReadAsStringAsync());
        grant.EnumerateObject().Select(field => field.Name).ShouldBe(["token", "app", "commit", "expiresAt"]);
        grant.GetProperty("token").GetString().ShouldNotBeNull().ShouldStartWith("mbc_");
        grant.GetProperty("app").GetString().ShouldBe("shop");
        grant.GetProperty("commit").GetString().ShouldBe("4f2c1d98a0b3e7f65c4d3b2a1908f7e6d5c4b3a2");
        (grant.GetProperty("expiresAt").GetDateTimeOffset() - DateTimeOffset.UtcNow).TotalMinutes.ShouldBeInRange(19, 20);
    }

    [Theory]
    [InlineData("a tag", "refs/tags/v1.2", "push", "repo:you@65/shop@74:ref:refs/tags/v1.2")]
    [InlineData("a release", "refs/tags/v2", "release", "repo:you/shop:ref:refs/tags/v2")]
    [InlineData("by hand", "refs/heads/main", "workflow_dispatch", "repo:you/shop:environment:eu%3Awest")]
    [InlineData("a form of the organisation's own", "refs/heads/main", "push", "repository_owner_id:65:job_workflow_ref:you/shop/.github/workflows/deploy.yml")]
    public async Task Exchange_GithubTokenOf_IsTaken(string what, string reference, string started, string subject)
    {
        await using var office = await CiOffice.StartAsync();
        var claims = office.Claims(new GithubJob { Ref = reference, Event = started });
        claims["sub"] = subject;

        (await office.RefusalAsync(office.Github.Key.Sign(claims))).ShouldBeNull(what);
    }

    [Fact]
    public async Task Exchange_RepositoryRenamed_IsTakenByItsNumber()
    {
        await using var office = await CiOffice.StartAsync();

        (await office.RefusalAsync(office.GithubToken(new GithubJob { Name = "store" }))).ShouldBeNull();
    }

    [Fact]
    public async Task Exchange_WorkflowAtTheCommit_IsTaken()
    {
        await using var office = await CiOffice.StartAsync();
        var claims = office.Claims();
        claims["job_workflow_ref"] = $"you/shop/.github/workflows/deploy.yml@{claims["sha"]}";

        (await office.RefusalAsync(office.Github.Key.Sign(claims))).ShouldBeNull();
    }

    [Fact]
    public async Task Exchange_GitlabToken_IsTaken()
    {
        await using var office = await CiOffice.StartAsync();

        (await office.RefusalAsync(office.Gitlab.Key.Sign(GitlabJob.Claims(office.Gitlab.Address, CiOffice.Audience)), app: "notes")).ShouldBeNull();
    }

    [Fact]
    public async Task Exchange_GitlabTokenOfAnotherFile_IsRefused()
    {
        await using var office = await CiOffice.StartAsync();
        var claims = GitlabJob.Claims(office.Gitlab.Address, CiOffice.Audience);
        claims["ci_config_ref_uri"] = "https://evil.example/.gitlab-ci.yml";

        (await office.RefusalAsync(office.Gitlab.Key.Sign(claims), app: "notes")).ShouldNotBeNull().ShouldStartWith("workflow: ");
    }

    [Fact]
    public async Task Exchange_SameTokenAndBody_TheSameAnswerAlsoAfterARestart()
    {
        await using var office = await CiOffice.StartAsync();
        var token = office.GithubToken();
        using var first = await office.PostAsync(token);

        using var again = await office.PostAsync(token);
        await office.Office.RestartAsync();
        using var later = await office.PostAsync(token);

        var text = await first.Content.ReadAsStringAsync();
        (await again.Content.ReadAsStringAsync()).ShouldBe(text);
        (await later.Content.ReadAsStringAsync()).ShouldBe(text);
    }

    [Fact]
    public async Task Exchange_SameTokenForAnotherBody_IsAReplay()
    {
        await using var office = await CiOffice.StartAsync();
        var token = office.GithubToken(new GithubJob { Environment = "production" });
        using var first = await office.PostAsync(token);

        using var second = await office.PostAsync(token, """{"app":"billing"}""");
        using var third = await office.PostAsync(token, """{ "app":"shop" }""");

        (first.StatusCode, second.StatusCode, third.StatusCode).ShouldBe((HttpStatusCode.OK, HttpStatusCode.Unauthorized, HttpStatusCode.Unauthorized));
        (await office.RefusalAsync(token, "billing")).ShouldBe($"replayed: the token \"{JtiOf(token)}\" of github:you/shop@main #123 by you was exchanged before");
    }

    [Fact]
    public async Task Exchange_ManyAtOnceOfOneToken_OneHandle()
    {
        await using var office = await CiOffice.StartAsync();
        var token = office.GithubToken();

        var answers = await Task.WhenAll(Enumerable.Range(0, 12).Select(async _ =>
        {
            using var answer = await office.PostAsync(token);
            return await answer.Content.ReadAsStringAsync();
        }));

        answers.Distinct().ShouldHaveSingleItem().ShouldContain("mbc_");
    }

    [Fact]
    public async Task Exchange_TokenUsedLongAgo_IsForgottenOnlyWhenItHasEnded()
    {
        var time = new FakeTimeProvider(DateTimeOffset.UtcNow);
        await using var office = await CiOffice.StartAsync(time: time);
        var token = office.GithubToken();
        (await office.RefusalAsync(token)).ShouldBeNull();

        time.Advance(TimeSpan.FromMinutes(5.5));
        var late = await office.RefusalAsync(token, "billing");
        time.Advance(TimeSpan.FromMinutes(15));
        (await office.RefusalAsync(office.GithubToken(new GithubJob { At = time.GetUtcNow() }))).ShouldBeNull();

        late.ShouldNotBeNull().ShouldStartWith("replayed: ");
        (await office.RefusalAsync(token)).ShouldNotBeNull().ShouldStartWith("lifetime: ");
        office.Office.Journal.Read(connection => Dapper.SqlMapper.ExecuteScalar<long>(connection, "SELECT COUNT(*) FROM ci_grants")).ShouldBe(1);
    }

    [Theory]
    [InlineData("", "body: It is missing. Write a JSON object, such as {\"app\":\"shop\"}.")]
    [InlineData("{\"app\":\"Shop\"}", "app: \"Shop\" is no app name. Write 1 to 40 lower-case letters, digits or single hyphens, beginning with a letter and not ending with a hyphen.")]
    [InlineData("{\"app\":\"shop\",\"ref\":\"x\"}", "ref: There is no such field. There are: app.")]
    public async Task Exchange_FaultyBody_400AndTheTokenIsNotSpent(string body, string expected)
    {
        await using var office = await CiOffice.StartAsync();
        var token = office.GithubToken();

        using var answer = await office.PostAsync(token, body);

        answer.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        var error = JsonSerializer.Deserialize<JsonElement>(await answer.Content.ReadAsStringAsync()).GetProperty("errors")[0];
        $"{error.GetProperty("field").GetString()}: {error.GetProperty("problem").GetString()}".ShouldBe(expected);
        using var good = await office.PostAsync(token);
        good.StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Exchange_RepositoryCameTooOften_429WhileAnotherPasses()
    {
        await using var office = await CiOffice.StartAsync("requestsPerMinute: 3");
        for (var i = 0; i < 3; i++)
        {
            using var taken = await office.PostAsync(office.GithubToken());
            taken.StatusCode.ShouldBe(HttpStatusCode.OK);
        }

        using var tooMany = await office.PostAsync(office.GithubToken());
        using var other = await office.PostAsync(office.GithubToken(new GithubJob { RepositoryId = 99 }));
        using var gitlab = await office.PostAsync(office.Gitlab.Key.Sign(GitlabJob.Claims(office.Gitlab.Address, CiOffice.Audience)), """{"app":"notes"}""");

        tooMany.StatusCode.ShouldBe(HttpStatusCode.TooManyRequests);
        tooMany.Headers.RetryAfter!.Delta!.Value.TotalSeconds.ShouldBeInRange(1, 20);
        other.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        gitlab.StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Exchange_NothingConfigured_IsRefused()
    {
        await using var office = await Office.StartAsync();
        using var client = office.NewClient("a.b.c");

        using var answer = await client.PostAsync("/api/ci/token", null);

        answer.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public void Faults_SettingsThatDoNotGoTogether_AllAtOnce()
    {
        var options = new ServiceDefaults.Configuration.CiOptions { GithubIssuer = new Uri("http://ghes.example.org"), GitlabIssuer = new Uri("http://ghes.example.org/") };
        options.Apps["shop"] = new() { Provider = ServiceDefaults.Configuration.CiProvider.Github, RepositoryId = 1, OwnerId = 1, Refs = ["main"], Events = ["push", "pull_request"] };
        options.Apps["cafe"] = new() { Provider = ServiceDefaults.Configuration.CiProvider.Github, RepositoryId = 1, OwnerId = 1, Refs = [] };

        CiSettings.Faults(options).Select(fault => fault.ToString()).ShouldBe(
        [
            "ci.audience: it is missing, though ci.apps says who may deploy. Write the address CI reaches this platform's API at, such as https://mambo.example.org.",
            "ci.githubIssuer: its keys would come unprotected. Write an https address.",
            "ci.gitlabIssuer: its keys would come unprotected. Write an https address.",
            "ci.gitlabIssuer: it is the same as ci.githubIssuer. Write who signs the tokens of GitLab CI, or leave it out.",
            "ci.apps.shop.refs: \"main\" is no full name. Write refs/heads/main for a branch, refs/tags/main for a tag.",
            "ci.apps.shop.events: pull_request would let code deploy that nobody has taken in. Deploy after the merge, from push.",
            "ci.apps.cafe.refs: it is empty, so nothing could deploy. Write branches or tags such as refs/heads/main.",
        ]);
    }

    [Theory]
    [InlineData("refs/heads/main", "refs/heads/main", true)]
    [InlineData("refs/heads/main", "refs/heads/Main", false)]
    [InlineData("refs/heads/main", "refs/heads/main\n", false)]
    [InlineData("refs/heads/*", "refs/heads/release", true)]
    [InlineData("refs/heads/*", "refs/heads/release/1", false)]
    [InlineData("refs/heads/release/**", "refs/heads/release/1/2", true)]
    [InlineData("refs/tags/v1.*", "refs/tags/v1.2", true)]
    [InlineData("refs/tags/v1.*", "refs/tags/v1x2", false)]
    [InlineData("refs/heads/(a|b)+", "refs/heads/a", false)]
    public void Matches_PatternAndRef(string pattern, string reference, bool expected) => BindingRules.Matches(pattern, reference).ShouldBe(expected);

    private static string JtiOf(string token) => JsonSerializer.Deserialize<JsonElement>(System.Buffers.Text.Base64Url.DecodeFromChars(token.Split('.')[1])).GetProperty("jti").GetString()!;
}
