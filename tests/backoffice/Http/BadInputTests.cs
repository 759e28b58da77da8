using System.Net;
using System.Text;
using System.Text.Json;

namespace Mambo.Backoffice.Tests.Http;

/// <summary>Every validation of the door with its exact message.</summary>
public sealed class BadInputTests(BadInputTests.Door door) : IClassFixture<BadInputTests.Door>
{
    private const string Zeros = "sha256:0000000000000000000000000000000000000000000000000000000000000000";
    private const string NoApp = "Write 1 to 40 lower-case letters, digits or single hyphens, beginning with a letter and not ending with a hyphen.";
    private const string Image = """ "images":{"web":"shop:1"} """;

    [Theory]
    [InlineData("", "body: It is missing. Write a JSON object, such as {\"app\":\"shop\",\"bundle\":\"sha256:…\"}.")]
    [InlineData("{\n \"app\": shop}", "body: It is not JSON (line 2, byte 9). Write a JSON object, such as {\"app\":\"shop\",\"bundle\":\"sha256:…\"}.")]
    [InlineData("[]", "body: It must be a JSON object, such as {\"app\":\"shop\",\"bundle\":\"sha256:…\"}.")]
    [InlineData("null", "body: It must be a JSON object, such as {\"app\":\"shop\",\"bundle\":\"sha256:…\"}.")]
    [InlineData("{}", "app: It is missing. Write the app's name, such as \"shop\".", "bundle: Neither bundle nor images is given. Write the digest of a stored bundle, or images for the bundle the app runs now.")]
    [InlineData("{\"app\":\"shop\",\"bundle\":null,\"images\":{}}", "bundle: Neither bundle nor images is given. Write the digest of a stored bundle, or images for the bundle the app runs now.")]
    [InlineData("{\"app\":\"Shop\"," + Image + "}", "app: \"Shop\" is no app name. " + NoApp)]
    [InlineData("{\"app\":\"../etc\"," + Image + "}", "app: \"../etc\" is no app name. " + NoApp)]
    [InlineData("{\"app\":7," + Image + "}", "app: It must be text.")]
    [InlineData("{\"app\":\"\\ud800\"," + Image + "}", "app: It must be text.")]
    [InlineData("{\"app\":\"shop\",\"app\":\"shop\"," + Image + "}", "app: It is given more than once.")]
    [InlineData("{\"app\":\"shop\",\"bundle\":\"abc\"}", "bundle: \"abc\" is no digest. Write sha256: and 64 lower-case hexadecimal digits.")]
    [InlineData("{\"app\":\"shop\",\"bundle\":[]}", "bundle: It must be text.")]
    [InlineData("{\"app\":\"shop\",\"bundle\":\"" + Zeros + "\"}", "bundle: " + Zeros + " is not stored. Store it first: PUT /api/bundles/" + Zeros + ".")]
    [InlineData("{\"app\":\"shop\",\"images\":[\"a\"]}", "images: It must be an object of compose services and images, such as {\"web\":\"ghcr.io/you/shop:1\"}.")]
    [InlineData("{\"app\":\"shop\",\"images\":{\"web\":1,\"db\":null}}", "images.web: It must be text.", "images.db: It must be text.")]
    [InlineData("{\"app\":\"shop\",\"images\":{\"web\":\"-x\"}}", "images.web: \"-x\" is no image reference. Write [registry/]name[:tag][@sha256:digest] in lower case.")]
    [InlineData("{\"app\":\"shop\",\"images\":{\"web\":\"\"}}", "images.web: It is missing. Write an image, such as \"ghcr.io/you/shop@sha256:…\".")]
    [InlineData("{\"app\":\"shop\",\"images\":{\"we b\":\"a\"}}", "images.we b: It is no name of a compose service. Write 1 to 63 letters, digits, dots, hyphens or underscores, beginning with a letter or digit.")]
    [InlineData("{\"app\":\"shop\",\"images\":{\"web\":\"a\",\"web\":\"b\"}}", "images.web: It is given more than once.")]
    [InlineData("{\"app\":\"shop\",\"host\":\"Web_1\"," + Image + "}", "host: \"Web_1\" is no host name. Write 1 to 63 lower-case letters, digits or inner hyphens, or leave it out for this host.")]
    [InlineData("{\"app\":\"shop\",\"commit\":\"a\\nb\"," + Image + "}", "commit: It has control characters, such as a line break. Write one line of text.")]
    [InlineData("{\"app\":\"shop\",\"commit\":\"1234567890123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890x\"," + Image + "}", "commit: It has 101 characters. Write at most 100.")]
    [InlineData("{\"app\":\"shop\",\"bundel\":\"x\"," + Image + "}", "bundel: There is no such field. There are: app, bundle, images, host, commit, generation.")]
    [InlineData("{\"app\":\"shop\",\"\\ud800\":1," + Image + "}", "?: There is no such field. There are: app, bundle, images, host, commit, generation.")]
    [InlineData("{\"APP\":\"shop\"," + Image + "}", "APP: There is no such field. There are: app, bundle, images, host, commit, generation.", "app: It is missing. Write the app's name, such as \"shop\".")]
    [InlineData("{\"app\":\"-\",\"bundle\":\"b\",\"images\":{\"web\":\"A B\"},\"host\":\".\",\"commit\":1,\"x\":1}",
        "x: There is no such field. There are: app, bundle, images, host, commit, generation.",
        "commit: It must be text.",
        "app: \"-\" is no app name. " + NoApp,
        "bundle: \"b\" is no digest. Write sha256: and 64 lower-case hexadecimal digits.",
        "images.web: \"A B\" is no image reference. Write [registry/]name[:tag][@sha256:digest] in lower case.",
        "host: \".\" is no host name. Write 1 to 63 lower-case letters, digits or inner hyphens, or leave it out for this host.")]
    public async Task PostDeployment_Faulty_400WithEveryFault(string body, params string[] problems)
    {
        (await FaultsAsync(HttpMethod.Post, "/api/deployments", body)).ShouldBe(problems);
        door.Office.Outbox().ShouldBeEmpty();
    }

    [Theory]
    [InlineData("")]
    [InlineData("with space")]
    [InlineData("a,b", "a", "b")]
    public async Task PostDeployment_FaultyKey_400(string key, params string[] separately)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/deployments") { Content = Json("""{"app":"shop"}""") };
        foreach (var value in separately.Length > 0 ? separately : [key])
            request.Headers.TryAddWithoutValidation("Idempotency-Key", value);

        // Both faults in one answer.
        (await FaultsAsync(request)).ShouldBe(
        [
            "Idempotency-Key: It must be 1 to 200 visible ASCII characters, given once.",
            "bundle: Neither bundle nor images is given. Write the digest of a stored bundle, or images for the bundle the app runs now.",
        ]);
    }

    [Fact]
    public async Task PostDeployment_LongKey_400()
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/deployments") { Content = Json("{\"app\":\"shop\"," + Image + "}") };
        request.Headers.Add("Idempotency-Key", new string('k', 201));

        (await FaultsAsync(request)).ShouldHaveSingleItem().ShouldStartWith("Idempotency-Key: ");
    }

    [Theory]
    [InlineData("[]", "body: It must be a JSON object, such as {\"reason\":\"wrong branch\"}.")]
    [InlineData("{\"reason\":1}", "reason: It must be text.")]
    [InlineData("{\"reason\":\"a\\u0000b\"}", "reason: It has control characters, such as a line break. Write one line of text.")]
    [InlineData("{\"why\":\"x\"}", "why: There is no such field. There are: reason.")]
    public async Task Cancel_Faulty_400(string body, string problem) =>
        (await FaultsAsync(HttpMethod.Post, $"/api/deployments/{Guid.NewGuid()}/cancel", body)).ShouldBe([problem]);

    [Theory]
    [InlineData("/api/deployments?limit=0", "limit: \"0\" is no whole number from 1 to 200.")]
    [InlineData("/api/deployments?limit=201&app=A&x=1", "app: \"A\" is no app name. " + NoApp, "limit: \"201\" is no whole number from 1 to 200.", "x: There is no such parameter. There are: app, limit.")]
    [InlineData("/api/events?after=-1", "after: \"-1\" is no whole number from 0.")]
    [InlineData("/api/events?after=x&limit=501", "after: \"x\" is no whole number from 0.", "limit: \"501\" is no whole number from 1 to 500.")]
    [InlineData("/api/events?tail=501", "tail: \"501\" is no whole number from 0 to 500.")]
    [InlineData("/api/events?after=1&tail=1", "tail: It cannot be given together with after: one counts from the end, the other from a place.")]
    [InlineData("/api/events?deployment=1", "deployment: \"1\" is no id. Write one such as 01980c5e-7b1a-7c3e-9a55-3f0d5b2c8e11.")]
    [InlineData("/api/events?app=a&app=b", "app: It is given more than once.")]
    [InlineData("/api/events?type=deploy-app", "type: \"deploy-app\" is no event of the platform. There are: *")]
    public async Task Get_FaultyQuery_400WithEveryFault(string path, params string[] problems)
    {
        foreach (var accept in (string[])["application/json", "text/event-stream"])
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, path) { Headers = { { "Accept", accept } } };
            (await FaultsAsync(request)).Select(fault => fault.Contains("There are: alert-", StringComparison.Ordinal) ? fault[..fault.IndexOf("alert-", StringComparison.Ordinal)] + "*" : fault).ShouldBe(problems);
        }
    }

    [Fact]
    public async Task Stream_FaultyLastEventId_400()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/events") { Headers = { { "Accept", "text/event-stream" }, { "Last-Event-ID", "x" } } };

        (await FaultsAsync(request)).ShouldBe(["Last-Event-ID: \"x\" is no seq."]);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Post_TooLargeABody_413(bool lengthSaid)
    {
        using var content = new StreamContent(new MemoryStream(Encoding.UTF8.GetBytes($$"""{"app":"{{new string('a', 300_000)}}"}"""))) { Headers = { ContentType = new("application/json") } };
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/deployments") { Content = content };
        request.Headers.TransferEncodingChunked = !lengthSaid;
        using var answer = await door.Office.Api.SendAsync(request);

        answer.StatusCode.ShouldBe(HttpStatusCode.RequestEntityTooLarge);
        (await answer.Content.ReadAsStringAsync()).ShouldBe("""{"title":"Content too large","status":413,"detail":"The body may have at most 256 KiB."}""");
    }

    [Fact]
    public async Task Post_OtherMediaType_415()
    {
        using var answer = await door.Office.Api.PostAsync("/api/deployments", new StringContent("app=shop", Encoding.UTF8, "application/x-www-form-urlencoded"));

        answer.StatusCode.ShouldBe(HttpStatusCode.UnsupportedMediaType);
        (await answer.Content.ReadAsStringAsync()).ShouldContain("Send the body as Content-Type: application/json.");
    }

    [Fact]
    public async Task Any_UnknownPathOrMethod_ProblemWithAConstantText()
    {
        foreach (var path in (string[])["/api", "/api/nothing", "/api/apps/x", "/healthy"])
        {
            using var missing = await door.Office.Api.GetAsync(path);
            missing.StatusCode.ShouldBe(HttpStatusCode.NotFound);
            missing.Content.Headers.ContentType!.MediaType.ShouldBe("application/problem+json");
        }

        using var wrong = await door.Office.Api.DeleteAsync("/api/deployments");
        wrong.StatusCode.ShouldBe(HttpStatusCode.MethodNotAllowed);
        wrong.Content.Headers.Allow.Order().ShouldBe(["GET", "POST"]);
        (await wrong.Content.ReadAsStringAsync()).ShouldContain("The header Allow lists those it answers.");
    }

    private static StringContent Json(string body) => new(body, Encoding.UTF8, "application/json");

    private async Task<string[]> FaultsAsync(HttpMethod method, string path, string body)
    {
        using var request = new HttpRequestMessage(method, path) { Content = Json(body) };
        return await FaultsAsync(request);
    }

    private async Task<string[]> FaultsAsync(HttpRequestMessage request)
    {
        using var answer = await door.Office.Api.SendAsync(request);
        answer.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        answer.Content.Headers.ContentType!.MediaType.ShouldBe("application/problem+json");
        var problem = JsonSerializer.Deserialize<JsonElement>(await answer.Content.ReadAsStringAsync());
        problem.GetProperty("title").GetString().ShouldBe("Faulty request");
        problem.GetProperty("status").GetInt32().ShouldBe(400);
        string[] errors = [.. problem.GetProperty("errors").EnumerateArray().Select(error => $"{error.GetProperty("field").GetString()}: {error.GetProperty("problem").GetString()}")];
        problem.GetProperty("detail").GetString().ShouldBe(errors.Length == 1 ? "The request has a fault." : $"The request has {errors.Length} faults.");
        return errors;
    }

    public sealed class Door : IAsyncLifetime
    {
        internal Office Office { get; private set; } = null!;

        public async Task InitializeAsync() => Office = await Office.StartAsync();

        public async Task DisposeAsync() => await Office.DisposeAsync();
    }
}
