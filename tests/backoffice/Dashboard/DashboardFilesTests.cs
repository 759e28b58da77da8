using System.Net;
using System.Text.RegularExpressions;

using Mambo.Backoffice.Dashboard;
using Mambo.ServiceDefaults.Hosts;

namespace Mambo.Backoffice.Tests.Dashboard;

public sealed partial class DashboardFilesTests
{
    private static readonly DashboardFiles Files = new();

    [Fact]
    public async Task Page_NoToken_ServedWithAStrictPolicyAndNotKept()
    {
        await using var office = await Office.StartAsync();
        using var stranger = office.NewClient(token: null);

        using var answer = await stranger.GetAsync("/");

        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        answer.Content.Headers.ContentType!.ToString().ShouldBe("text/html; charset=utf-8");
        Header(answer, "Content-Security-Policy").ShouldBe(
            "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'");
        Header(answer, "X-Content-Type-Options").ShouldBe("nosniff");
        Header(answer, "Referrer-Policy").ShouldBe("no-referrer");
        Header(answer, "Cache-Control").ShouldBe("no-store");
        answer.Headers.Contains("ETag").ShouldBeFalse();
    }

    [Fact]
    public async Task Assets_NoToken_KeptForGoodAndNotSentTwice()
    {
        await using var office = await Office.StartAsync();
        using var stranger = office.NewClient(token: null);
        foreach (var path in Files.Paths.Where(path => path != "/"))
        {
            using var answer = await stranger.GetAsync(path);
            answer.StatusCode.ShouldBe(HttpStatusCode.OK, path);
            Header(answer, "X-Content-Type-Options").ShouldBe("nosniff");
            Header(answer, "Cache-Control").ShouldBe("public, max-age=31536000, immutable");
            answer.Content.Headers.ContentType!.MediaType.ShouldBe(Path.GetExtension(path) switch { ".js" => "text/javascript", ".css" => "text/css", _ => "image/svg+xml" });

            using var again = new HttpRequestMessage(HttpMethod.Get, path) { Headers = { IfNoneMatch = { answer.Headers.ETag! } } };
            using var unchanged = await stranger.SendAsync(again);
            unchanged.StatusCode.ShouldBe(HttpStatusCode.NotModified, path);
            (await unchanged.Content.ReadAsByteArrayAsync()).ShouldBeEmpty();
            unchanged.Headers.ETag.ShouldBe(answer.Headers.ETag);

            using var other = new HttpRequestMessage(HttpMethod.Get, path) { Headers = { IfNoneMatch = { new("\"other\"") } } };
            using var changed = await stranger.SendAsync(other);
            changed.StatusCode.ShouldBe(HttpStatusCode.OK, path);
        }
    }

    [Fact]
    public async Task Page_Head_LengthWithoutTheBody()
    {
        await using var office = await Office.StartAsync();
        using var stranger = office.NewClient(token: null);
        using var head = new HttpRequestMessage(HttpMethod.Head, "/");

        using var answer = await stranger.SendAsync(head);

        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        answer.Content.Headers.ContentLength.ShouldBe(Files.Find("/")!.Content.Length);
    }

    [Theory]
    [InlineData("POST", "/")]
    [InlineData("GET", "/page.html")]
    [InlineData("GET", "/dashboard/0000000000000000/main.js")]
    [InlineData("GET", "/dashboard/")]
    [InlineData("GET", "/api")]
    public async Task Request_NotAFileOfTheDashboard_NeedsAToken(string method, string path)
    {
        await using var office = await Office.StartAsync();
        using var stranger = office.NewClient(token: null);
        using var request = new HttpRequestMessage(new HttpMethod(method), path);

        using var answer = await stranger.SendAsync(request);

        answer.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task Page_AnotherListener_NotServed()
    {
        await using var office = await Office.StartAsync("health.listen=127.0.0.1:0");
        using var client = new HttpClient { BaseAddress = office.App.Services.ListeningAt(Listeners.Health) };

        using var answer = await client.GetAsync("/");

        answer.StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public void Files_AllTogether_SmallAndWithoutMarkupMadeOfText()
    {
        Files.Paths.Sum(path => Files.Find(path)!.Content.Length).ShouldBeLessThan(60_000);
        foreach (var path in Files.Paths)
        {
            var text = System.Text.Encoding.UTF8.GetString(Files.Find(path)!.Content);
            MakesMarkup().Matches(text).Select(match => match.Value).ShouldBeEmpty(path);
            Elsewhere().Matches(text).Select(match => match.Value).ShouldBeEmpty(path);
            foreach (Match reference in OwnPath().Matches(text))
                Files.Find(reference.Value).ShouldNotBeNull($"{path} names {reference.Value}");
            foreach (Match import in Import().Matches(text))
                Files.Find($"{path[..path.LastIndexOf('/')]}/{import.Groups["file"].Value}").ShouldNotBeNull($"{path} imports {import.Groups["file"].Value}");
        }
    }

    private static string Header(HttpResponseMessage answer, string name) => string.Join(", ", answer.Headers.GetValues(name));

    [GeneratedRegex(@"innerHTML|outerHTML|insertAdjacentHTML|setHTMLUnsafe|document\.write|DOMParser|createContextualFragment|\beval\b|new Function|\son\w+=""|\sstyle=""")]
    private static partial Regex MakesMarkup();

    [GeneratedRegex(@"(?:https?:)?//(?!www\.w3\.org/2000/svg)[a-z0-9-]+\.[a-z]+[^\s]*")]
    private static partial Regex Elsewhere();

    [GeneratedRegex(@"/dashboard/[^""'\s]+")]
    private static partial Regex OwnPath();

    [GeneratedRegex(@"from '\./(?<file>[^']+)'")]
    private static partial Regex Import();
}
