using System.Net;

using Mambo.Backoffice.Tokens;
using Mambo.TestEnvironment;

namespace Mambo.Backoffice.Tests.Tokens;

public sealed class TokenGateTests
{
    [Fact]
    public async Task Request_WithoutAKnownToken_AlwaysTheSame401()
    {
        await using var office = await Office.StartAsync();
        string?[] headers = [null, "", "Bearer", "Bearer ", "Bearer wrong", $"Basic {office.Home.ApiToken}", office.Home.ApiToken, $"Bearer {office.Home.ApiToken}x", $"Bearer {new string('x', 5000)}"];
        var answers = new List<string>();

        foreach (var header in headers)
        {
            foreach (var path in (string[])["/api/platform", "/api/openapi.json", "/api/events", "/api/nothing", "/nothing"])
                answers.Add(await AnswerAsync(office, path, header));
        }

        answers.Distinct().ShouldHaveSingleItem().ShouldBe(
            """401 Bearer {"title":"Unauthorized","status":401,"detail":"Send the header Authorization: Bearer TOKEN with a token of this platform."}""");
    }

    [Fact]
    public async Task Request_SchemeInLowerCase_Passes()
    {
        await using var office = await Office.StartAsync();

        (await AnswerAsync(office, "/api/platform", $"bearer {office.Home.ApiToken}")).ShouldStartWith("200 ");
    }

    [Fact]
    public async Task Request_TokenCameTooOften_429AndAnotherTokenPasses()
    {
        await using var office = await Office.StartAsync("api.requestsPerMinute=3");
        for (var i = 0; i < 3; i++)
            (await StatusAsync(office.Api)).ShouldBe(HttpStatusCode.OK);

        using var refused = await office.Api.GetAsync("/api/platform");

        refused.StatusCode.ShouldBe(HttpStatusCode.TooManyRequests);
        refused.Headers.RetryAfter!.Delta!.Value.TotalSeconds.ShouldBeInRange(1, 20);
        (await refused.Content.ReadAsStringAsync()).ShouldBe("""{"title":"Too many requests","status":429,"detail":"Wait as long as the header Retry-After says, in seconds."}""");
    }

    [Fact]
    public async Task Request_AddressFailedTooOften_429AndAKnownTokenStillPasses()
    {
        await using var office = await Office.StartAsync();
        using var stranger = office.NewClient("wrong");
        for (var i = 0; i < RateLimits.FailuresPerMinute; i++)
            (await StatusAsync(stranger)).ShouldBe(HttpStatusCode.Unauthorized);

        (await StatusAsync(stranger)).ShouldBe(HttpStatusCode.TooManyRequests);
        (await StatusAsync(office.Api)).ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public void TakeFor_NamesRepositoriesAndAddresses_HaveABucketEach()
    {
        using var limits = new RateLimits(new ServiceDefaults.Configuration.ApiOptions { RequestsPerMinute = 1 }, new ServiceDefaults.Configuration.CiOptions { RequestsPerMinute = 2 });

        limits.TakeFor(new Caller("a")).ShouldBeNull();
        limits.TakeFor(new Caller("a")).ShouldNotBeNull().TotalSeconds.ShouldBeInRange(1, 60);
        limits.TakeFor(new Caller("b")).ShouldBeNull();
        limits.TakeForRepository("github:1").ShouldBeNull();
        limits.TakeFor(new Caller("a", new Scope("shop", "4f2c1d9", "github:1"))).ShouldBeNull();
        limits.TakeFor(new Caller("c", new Scope("shop", "4f2c1d9", "github:1"))).ShouldNotBeNull();
        limits.TakeForRepository("github:2").ShouldBeNull();
        for (var i = 0; i < RateLimits.FailuresPerMinute; i++)
            limits.TakeFor(IPAddress.Parse("192.0.2.1")).ShouldBeNull();
        limits.TakeFor(IPAddress.Parse("192.0.2.1")).ShouldNotBeNull();
        limits.TakeFor(IPAddress.Parse("192.0.2.2")).ShouldBeNull();
    }

    [Fact]
    public async Task Start_FaultyTokens_EndsWith2AndNamesEveryLineAndNoHash()
    {
        using var home = new PlatformHome();
        var hash = new string('a', 64);
        home.WriteSecret("api-tokens", $"owner sha256:{hash}\nowner sha256:{new string('b', 64)}\nplain-text-token");
        await using var process = new ServiceProcess("Mambo.Backoffice", home);

        (await process.RunToEndAsync(TimeSpan.FromSeconds(30))).ShouldBe(2);

        var told = process.Tail();
        told.ShouldContain("secret api-tokens (line 2): the name owner is taken by an earlier line.");
        told.ShouldContain("secret api-tokens (line 3): it is no name followed by a space");
        told.ShouldNotContain("aaaa");
        told.ShouldNotContain("bbbb");
        told.ShouldNotContain("plain-text-token");
    }

    [Fact]
    public async Task Start_NoTokens_EndsWith2AndSaysWhatToDo()
    {
        using var home = new PlatformHome();
        home.RemoveSecret("api-tokens");
        await using var process = new ServiceProcess("Mambo.Backoffice", home);

        (await process.RunToEndAsync(TimeSpan.FromSeconds(30))).ShouldBe(2);

        process.Tail().ShouldContain("secret api-tokens: it is missing.");
    }

    private static async Task<HttpStatusCode> StatusAsync(HttpClient client)
    {
        using var answer = await client.GetAsync("/api/platform");
        return answer.StatusCode;
    }

    private static async Task<string> AnswerAsync(Office office, string path, string? authorization)
    {
        using var client = office.NewClient(token: null);
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        if (authorization is not null)
            request.Headers.TryAddWithoutValidation("Authorization", authorization);
        using var answer = await client.SendAsync(request);
        return $"{(int)answer.StatusCode} {answer.Headers.WwwAuthenticate} {await answer.Content.ReadAsStringAsync()}";
    }
}
