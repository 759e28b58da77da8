using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

using Mambo.OidcIssuer;

namespace Mambo.Backoffice.Tests.Ci;

/// <summary>Tokens that must get nothing, each for its own reason. All get one and the same answer, and none gets a handle.</summary>
public sealed class HostileTokenTests(HostileTokenTests.Offices offices) : IClassFixture<HostileTokenTests.Offices>
{
    private const string Constant =
        """401 {"title":"Unauthorized","status":401,"detail":"This token of CI is not accepted here. The platform's log says why."}""";

    private static readonly SigningKey Stranger = new("key-1");
    private static readonly SigningKey Short = new("short", bits: 1024);

    /// <summary>Name, reason, app, and the token.</summary>
    private static readonly (string Name, string Reason, Func<CiOffice, string?> Token)[] All =
    [
        ("no token", "malformed", _ => null),
        ("an API token", "malformed", office => office.Office.Home.ApiToken),
        ("two parts", "malformed", office => string.Join('.', office.GithubToken().Split('.')[..2])),
        ("an empty signature", "malformed", office => string.Join('.', office.GithubToken().Split('.')[..2]) + "."),
        ("five parts, encrypted", "malformed", office => office.GithubToken() + ".a.b"),
        ("longer than 8 KiB", "malformed", office => office.Github.Key.Sign(With(office.Claims(), "pad", new string('x', 9000)))),
        ("a header that is no JSON", "malformed", office => office.Github.Key.Sign("{", "{}")),
        ("a header that is a list", "malformed", office => office.Github.Key.Sign("[]", "{}")),
        ("claims that are no JSON", "malformed", office => office.Github.Key.Sign(JsonSerializer.Serialize(office.Github.Key.Header), "{\"iss\":")),
        ("claims given twice", "malformed", office => office.Github.Key.Sign(JsonSerializer.Serialize(office.Github.Key.Header), JsonSerializer.Serialize(office.Claims())[..^1] + ",\"repository_id\":\"74\"}")),
        ("claims nested without end", "malformed", office => office.Github.Key.Sign(JsonSerializer.Serialize(office.Github.Key.Header), new string('[', 500) + new string(']', 500))),
        ("blanks inside", "malformed", office => office.GithubToken().Insert(20, " ")),
        ("no kid", "malformed", office => office.Github.Key.Sign(office.Claims(), Without(office.Github.Key.Header, "kid"))),
        ("alg none", "algorithm", office => SigningKey.Forge(With(office.Github.Key.Header, "alg", "none"), office.Claims(), _ => [0])),
        ("alg None", "algorithm", office => SigningKey.Forge(With(office.Github.Key.Header, "alg", "None"), office.Claims(), _ => [0])),
        ("no alg", "algorithm", office => office.Github.Key.Sign(office.Claims(), Without(office.Github.Key.Header, "alg"))),
        ("HS256 with the public key", "algorithm", office => SigningKey.Forge(
            With(office.Github.Key.Header, "alg", "HS256"), office.Claims(), bytes => HMACSHA256.HashData(office.Github.Key.PublicPem, bytes))),
        ("RS256 said, HS256 done", "signature", office => SigningKey.Forge(office.Github.Key.Header, office.Claims(), bytes => HMACSHA256.HashData(office.Github.Key.PublicPem, bytes))),
        ("PS256", "algorithm", office => SigningKey.Forge(With(office.Github.Key.Header, "alg", "PS256"), office.Claims(), office.Github.Key.SignPss)),
        ("RS256 said, PS256 done", "signature", office => SigningKey.Forge(office.Github.Key.Header, office.Claims(), office.Github.Key.SignPss)),
        ("RS512", "algorithm", office => office.Github.Key.Sign(office.Claims(), With(office.Github.Key.Header, "alg", "RS512"))),
        ("a key of its own, jwk", "header", office => Stranger.Sign(office.Claims(), With(Stranger.Header, "jwk", Stranger.PublicJwk))),
        ("a key of its own, jku", "header", office => Stranger.Sign(office.Claims(), With(Stranger.Header, "jku", "https://evil.example/jwks"))),
        ("a key of its own, x5u", "header", office => Stranger.Sign(office.Claims(), With(Stranger.Header, "x5u", "https://evil.example/cert"))),
        ("a critical extension", "header", office => office.Github.Key.Sign(office.Claims(), With(office.Github.Key.Header, "crit", new[] { "b64" }))),
        ("another's key under a known kid", "signature", office => Stranger.Sign(office.Claims())),
        ("a changed claim", "signature", office => Replace(office.GithubToken(new GithubJob { RepositoryId = 99 }), 1, JsonSerializer.Serialize(office.Claims()))),
        ("a signature of another token", "signature", office => string.Join('.', [.. office.GithubToken().Split('.')[..2], office.GithubToken().Split('.')[2]])),
        ("a kid that is a path", "unknown_key", office => office.Github.Key.Sign(office.Claims(), With(office.Github.Key.Header, "kid", "../../../dev/null"))),
        ("a kid that is SQL", "unknown_key", office => office.Github.Key.Sign(office.Claims(), With(office.Github.Key.Header, "kid", "x' UNION SELECT 'a"))),
        ("a key of 1024 bits the issuer lists", "unknown_key", office => Short.Sign(office.Claims())),
        ("another issuer", "issuer", office => office.Github.Key.Sign(With(office.Claims(), "iss", "https://evil.example"))),
        ("the issuer with a slash", "issuer", office => office.Github.Key.Sign(With(office.Claims(), "iss", office.Github.Address + "/"))),
        ("the issuer as a prefix", "issuer", office => office.Github.Key.Sign(With(office.Claims(), "iss", office.Github.Address + ".evil.example"))),
        ("no issuer", "issuer", office => office.Github.Key.Sign(Without(office.Claims(), "iss"))),
        ("the other issuer's name", "unknown_key_or_signature", office => office.Github.Key.Sign(With(office.Claims(), "iss", office.Gitlab.Address))),
        ("GitHub's own audience", "audience", office => office.Github.Key.Sign(new GithubJob().Claims(office.Github.Address, "https://github.com/you"))),
        ("the audience in capitals", "audience", office => office.Github.Key.Sign(With(office.Claims(), "aud", CiOffice.Audience.ToUpperInvariant()))),
        ("the audience with a slash", "audience", office => office.Github.Key.Sign(With(office.Claims(), "aud", CiOffice.Audience + "/"))),
        ("two audiences", "audience", office => office.Github.Key.Sign(With(office.Claims(), "aud", new[] { CiOffice.Audience, "https://other.example" }))),
        ("no audience", "audience", office => office.Github.Key.Sign(Without(office.Claims(), "aud"))),
        ("expired", "lifetime", office => office.GithubToken(new GithubJob { At = DateTimeOffset.UtcNow.AddMinutes(-7) })),
        ("from the future", "lifetime", office => office.GithubToken(new GithubJob { At = DateTimeOffset.UtcNow.AddMinutes(2) })),
        ("not valid yet", "lifetime", office => office.Github.Key.Sign(With(office.Claims(), "nbf", DateTimeOffset.UtcNow.AddMinutes(2).ToUnixTimeSeconds()))),
        ("lives a day", "lifetime", office => office.Github.Key.Sign(With(office.Claims(), "exp", DateTimeOffset.UtcNow.AddDays(1).ToUnixTimeSeconds()))),
        ("lives forever", "lifetime", office => office.Github.Key.Sign(With(office.Claims(), "exp", long.MaxValue))),
        ("ends before it began", "lifetime", office => office.Github.Key.Sign(With(office.Claims(), "iat", DateTimeOffset.UtcNow.AddSeconds(50).ToUnixTimeSeconds(), "exp", DateTimeOffset.UtcNow.AddSeconds(40).ToUnixTimeSeconds()))),
        ("no end", "lifetime", office => office.Github.Key.Sign(Without(office.Claims(), "exp"))),
        ("no beginning", "lifetime", office => office.Github.Key.Sign(Without(office.Claims(), "iat"))),
        ("an end that is text", "malformed", office => office.Github.Key.Sign(With(office.Claims(), "exp", "tomorrow"))),
        ("no jti", "claim", office => office.Github.Key.Sign(Without(office.Claims(), "jti"))),
        ("no repository id", "claim", office => office.Github.Key.Sign(Without(office.Claims(), "repository_id"))),
        ("no owner id", "claim", office => office.Github.Key.Sign(Without(office.Claims(), "repository_owner_id"))),
        ("a repository id with a sign", "claim", office => office.Github.Key.Sign(With(office.Claims(), "repository_id", "+74"))),
        ("a sha that is none", "claim", office => office.Github.Key.Sign(With(office.Claims(), "sha", "HEAD"))),
        ("a repository that breaks the line", "claim", office => office.Github.Key.Sign(With(office.Claims(), "repository", "you/shop\nERROR all is lost"))),
        ("no runner", "claim", office => office.Github.Key.Sign(Without(office.Claims(), "runner_environment"))),
        ("a sub of another repository by number", "claim", office => office.Github.Key.Sign(With(office.Claims(), "sub", "repo:you@65/shop@99:ref:refs/heads/main"))),
        ("a sub of another repository by name", "claim", office => office.Github.Key.Sign(With(office.Claims(), "sub", "repo:evil/shop:ref:refs/heads/main"))),
        ("another repository", "repository", office => office.GithubToken(new GithubJob { RepositoryId = 99 })),
        ("made anew under the old name", "repository", office => office.GithubToken(new GithubJob { RepositoryId = 4711, NumbersInSubject = false })),
        ("a fork", "repository", office => office.GithubToken(new GithubJob { Owner = "evil", OwnerId = 666, RepositoryId = 1974 })),
        ("given to another owner", "owner", office => office.GithubToken(new GithubJob { Owner = "evil", OwnerId = 666 })),
        ("another branch", "ref", office => office.GithubToken(new GithubJob { Ref = "refs/heads/feature" })),
        ("a branch that begins alike", "ref", office => office.GithubToken(new GithubJob { Ref = "refs/heads/main-2" })),
        ("a branch named like a tag", "ref", office => office.GithubToken(new GithubJob { Ref = "refs/heads/refs/tags/v1" })),
        ("a tag below the pattern", "ref", office => office.GithubToken(new GithubJob { Ref = "refs/tags/v1/evil" })),
        ("a pull request", "ref", office => office.GithubToken(new GithubJob { Ref = "refs/pull/7/merge", Event = "pull_request" })),
        ("pull_request_target", "event", office => office.GithubToken(new GithubJob { Event = "pull_request_target" })),
        ("a schedule nobody allowed", "event", office => office.GithubToken(new GithubJob { Event = "schedule" })),
        ("another workflow", "workflow", office => office.GithubToken(new GithubJob { Workflow = ".github/workflows/test.yml" })),
        ("a workflow of another repository", "workflow", office => office.Github.Key.Sign(With(office.Claims(), "job_workflow_ref", "evil/shop/.github/workflows/deploy.yml@refs/heads/main"))),
        ("a workflow of another branch", "workflow", office => office.Github.Key.Sign(With(office.Claims(), "job_workflow_ref", "you/shop/.github/workflows/deploy.yml@refs/heads/evil"))),
        ("a self-hosted runner", "runner", office => office.GithubToken(new GithubJob { Runner = "self-hosted" })),
        ("GitLab with GitHub's numbers", "repository", office => office.Gitlab.Key.Sign(With(GitlabJob.Claims(office.Gitlab.Address, CiOffice.Audience), "project_id", "74", "namespace_id", "65"))),
        ("GitLab with GitHub's claims only", "claim", office => office.Gitlab.Key.Sign(With(office.Claims(), "iss", office.Gitlab.Address))),
    ];

    public static TheoryData<string> Names => [.. All.Select(hostile => hostile.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Exchange_HostileToken_RefusedForItsReasonWithTheConstantAnswer(string name)
    {
        var (_, reason, token) = All.Single(hostile => hostile.Name == name);
        var office = offices.Office;

        var why = await office.RefusalAsync(token(office));
        using var answer = await office.PostAsync(token(office));

        why.ShouldNotBeNull();
        (reason == "unknown_key_or_signature" ? ["unknown_key", "signature"] : new[] { reason }).ShouldContain(why.Split(':')[0], why);
        why.ShouldNotContain('\n');
        $"{(int)answer.StatusCode} {await answer.Content.ReadAsStringAsync()}".ShouldBe(Constant);
        office.Office.Journal.Read(connection => Dapper.SqlMapper.ExecuteScalar<long>(connection, "SELECT COUNT(*) FROM ci_grants")).ShouldBe(0);
    }

    [Fact]
    public void Table_HostileTokens_AreManyAndEachHasItsName()
    {
        All.Length.ShouldBeGreaterThanOrEqualTo(40);
        All.Select(hostile => hostile.Name).ShouldBeUnique();
    }

    [Fact]
    public async Task Exchange_AnAppNobodyMayDeploy_RefusedAndTheLogSaysWhatToWrite()
    {
        var office = offices.Office;

        var why = await office.RefusalAsync(office.GithubToken(), app: "cafe");

        why.ShouldBe(
            "no_binding: no repository may deploy cafe. If github:74 (you/shop) is to, add to mambo.yml and restart: "
            + "ci: { apps: { cafe: { provider: github, repositoryId: 74, ownerId: 65, refs: [\"refs/heads/main\"] } } }");
    }

    [Theory]
    [InlineData(null, false)]
    [InlineData("staging", false)]
    [InlineData("production", true)]
    [InlineData("Production", true)]
    public async Task Exchange_AppOfAnEnvironment_OnlyFromIt(string? environment, bool taken)
    {
        var office = offices.Office;

        var why = await office.RefusalAsync(office.GithubToken(new GithubJob { Environment = environment }), app: "billing");

        (why is null).ShouldBe(taken, why);
        (why?.StartsWith("environment: ", StringComparison.Ordinal) ?? true).ShouldBeTrue(why);
        await office.Office.Journal.WriteAsync(transaction => transaction.Execute("DELETE FROM ci_grants"));
    }

    private static Dictionary<string, object> With(Dictionary<string, object> map, params object[] changes)
    {
        foreach (var change in changes.Chunk(2))
            map[(string)change[0]] = change[1];
        return map;
    }

    private static Dictionary<string, object> Without(Dictionary<string, object> map, string name)
    {
        map.Remove(name);
        return map;
    }

    private static string Replace(string token, int part, string json)
    {
        var parts = token.Split('.');
        parts[part] = System.Buffers.Text.Base64Url.EncodeToString(Encoding.UTF8.GetBytes(json));
        return string.Join('.', parts);
    }

    /// <summary>One office for all, that lets a stranger's address fail as often as there are tests.</summary>
    public sealed class Offices : IAsyncLifetime
    {
        internal CiOffice Office { get; private set; } = null!;

        public async Task InitializeAsync()
        {
            Office = await CiOffice.StartAsync("requestsPerMinute: 10000");
            Office.Github.OtherKeys.Add(Short.PublicJwk);
            Office.Github.OtherKeys.Add(new() { ["kty"] = "EC", ["kid"] = "curve", ["crv"] = "P-256", ["x"] = "AA", ["y"] = "AA" });
            (await Office.RefusalAsync(Office.GithubToken(new GithubJob { RepositoryId = 1 }))).ShouldNotBeNull().ShouldStartWith("repository: ");
        }

        public Task DisposeAsync() => Office.DisposeAsync().AsTask();
    }
}
