using System.Net;
using System.Net.Http.Json;
using System.Text.Json;

using Mambo.TestEnvironment;

using Microsoft.Extensions.Time.Testing;

namespace Mambo.Backoffice.Tests.Tokens;

/// <summary>Tokens for one app, from the day they are made to the day they end.</summary>
public sealed class ApiTokenDoorTests : IAsyncLifetime
{
    private static readonly Bundle Shop = Bundle.Of(("compose.yml", "services: {}"));

    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 11, 25, 8, 0, 0, TimeSpan.Zero));
    private Office _office = null!;

    public async Task InitializeAsync() => _office = await Office.StartAsync(_time);

    public Task DisposeAsync() => _office.DisposeAsync().AsTask();

    [Fact]
    public async Task Create_AToken_ShownOnceAndListedWithoutIt()
    {
        using var answer = await CreateAsync("ci");

        answer.StatusCode.ShouldBe(HttpStatusCode.Created);
        answer.Headers.CacheControl!.NoStore.ShouldBeTrue();
        var made = JsonSerializer.Deserialize<JsonElement>(await answer.Content.ReadAsStringAsync());
        made.EnumerateObject().Select(field => field.Name).ShouldBe(["token", "name", "app", "expiresAt"]);
        var token = made.GetProperty("token").GetString()!;
        token.ShouldStartWith("mbt_");
        token.Length.ShouldBe(47);
        var listed = await _office.Api.GetStringAsync("/api/tokens");
        listed.ShouldBe("""{"tokens":[{"name":"ci","app":"shop","createdBy":"owner","createdAt":"2026-11-25T08:00:00+00:00","expiresAt":"2026-12-25T08:00:00+00:00"}]}""");
        _office.Journal.Read(connection => Dapper.SqlMapper.ExecuteScalar<string>(connection, "SELECT hash FROM api_tokens")).ShouldBe(
            Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(token))));
    }

    [Fact]
    public async Task Use_OfItsApp_DeploysAndSeesTheApp()
    {
        using var ci = await ClientAsync("ci");
        await _office.Api.StoreAsync(Shop);
        var owners = await _office.Api.PostDeploymentAsync(new { app = "shop", bundle = Shop.Digest });

        var own = await ci.DeployAsync("shop", Shop);
        await ci.PostDeploymentAsync(new { app = "shop", images = new { web = "shop:1.2" }, commit = "4f2c1d9" });

        (await ci.GetFromJsonAsync<JsonElement>($"/api/deployments/{own}")).GetProperty("requestedBy").GetString().ShouldBe("ci");
        (await ci.GetFromJsonAsync<JsonElement>($"/api/deployments/{owners}")).GetProperty("requestedBy").GetString().ShouldBe("owner");
        (await ci.GetFromJsonAsync<JsonElement>($"/api/events?deployment={own}")).GetProperty("events").GetArrayLength().ShouldBe(0);
    }

    [Fact]
    public async Task Use_Elsewhere_403Or404()
    {
        using var ci = await ClientAsync("ci");
        await _office.Api.StoreAsync(Shop);
        var other = await _office.Api.PostDeploymentAsync(new { app = "billing", bundle = Shop.Digest });

        (await StatusAsync(ci.PostAsJsonAsync("/api/deployments", new { app = "billing", bundle = Shop.Digest }))).ShouldBe(HttpStatusCode.Forbidden);
        (await StatusAsync(ci.GetAsync($"/api/deployments/{other}"))).ShouldBe(HttpStatusCode.NotFound);
        (await StatusAsync(ci.GetAsync($"/api/events?deployment={other}"))).ShouldBe(HttpStatusCode.NotFound);
        (await StatusAsync(ci.GetAsync("/api/apps"))).ShouldBe(HttpStatusCode.Forbidden);
        (await StatusAsync(ci.GetAsync("/api/tokens"))).ShouldBe(HttpStatusCode.Forbidden);
        (await StatusAsync(ci.PostAsJsonAsync("/api/tokens", new { name = "more", app = "shop", expiresAt = _time.GetUtcNow().AddDays(1) }))).ShouldBe(HttpStatusCode.Forbidden);
        (await StatusAsync(ci.DeleteAsync("/api/tokens/ci"))).ShouldBe(HttpStatusCode.Forbidden);
    }

    [Fact]
    public async Task Use_PastItsEnd_401AndStillListed()
    {
        using var ci = await ClientAsync("ci");
        _time.Advance(TimeSpan.FromDays(30) - TimeSpan.FromSeconds(1));
        (await StatusAsync(ci.GetAsync("/api/apps"))).ShouldBe(HttpStatusCode.Forbidden);

        _time.Advance(TimeSpan.FromSeconds(1));

        (await StatusAsync(ci.GetAsync("/api/apps"))).ShouldBe(HttpStatusCode.Unauthorized);
        (await _office.GetAsync("/api/tokens")).GetProperty("tokens").GetArrayLength().ShouldBe(1);
    }

    [Fact]
    public async Task Revoke_AToken_OpensNothingFromThenOnAndItsNameIsFree()
    {
        using var ci = await ClientAsync("ci");

        (await StatusAsync(_office.Api.DeleteAsync("/api/tokens/ci"))).ShouldBe(HttpStatusCode.NoContent);

        (await StatusAsync(ci.GetAsync("/api/apps"))).ShouldBe(HttpStatusCode.Unauthorized);
        (await StatusAsync(_office.Api.DeleteAsync("/api/tokens/ci"))).ShouldBe(HttpStatusCode.NotFound);
        (await StatusAsync(CreateAsync("ci"))).ShouldBe(HttpStatusCode.Created);
        (await StatusAsync(ci.GetAsync("/api/apps"))).ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Theory]
    [InlineData("ci")]
    [InlineData("owner")]
    public async Task Create_NameIsTaken_409(string name)
    {
        using var first = await CreateAsync("ci");

        (await StatusAsync(CreateAsync(name))).ShouldBe(HttpStatusCode.Conflict);
    }

    [Fact]
    public async Task Create_Faults_AllAtOnce()
    {
        using var answer = await _office.Api.PostAsJsonAsync("/api/tokens", new { name = "-x", expiresAt = "soon" });
        using var late = await _office.Api.PostAsJsonAsync("/api/tokens", new { name = "x", app = "shop", expiresAt = _time.GetUtcNow().AddDays(367) });
        using var past = await _office.Api.PostAsJsonAsync("/api/tokens", new { name = "x", app = "shop", expiresAt = _time.GetUtcNow() });

        Problems(await answer.Content.ReadAsStringAsync()).ShouldBe(
        [
            "name: \"-x\" is no name. Write 1 to 64 letters, digits, dots, hyphens or underscores, beginning with a letter or digit.",
            "app: It is missing. Write the app's name, such as \"shop\".",
            "expiresAt: \"soon\" is no time. Write one such as 2027-01-31T00:00:00Z.",
        ]);
        Problems(await late.Content.ReadAsStringAsync()).ShouldBe(["expiresAt: It must be in the future and at most 366 days from now."]);
        Problems(await past.Content.ReadAsStringAsync()).ShouldBe(["expiresAt: It must be in the future and at most 366 days from now."]);
    }

    private static IEnumerable<string> Problems(string answer) => JsonSerializer.Deserialize<JsonElement>(answer).GetProperty("errors").EnumerateArray()
        .Select(error => $"{error.GetProperty("field").GetString()}: {error.GetProperty("problem").GetString()}");

    private Task<HttpResponseMessage> CreateAsync(string name) =>
        _office.Api.PostAsJsonAsync("/api/tokens", new { name, app = "shop", expiresAt = _time.GetUtcNow().AddDays(30) });

    private async Task<HttpClient> ClientAsync(string name)
    {
        using var answer = await CreateAsync(name);
        return _office.NewClient((await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("token").GetString());
    }

    private static async Task<HttpStatusCode> StatusAsync(Task<HttpResponseMessage> sent)
    {
        using var answer = await sent;
        return answer.StatusCode;
    }
}
