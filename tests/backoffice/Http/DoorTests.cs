using System.Net;

using Mambo.Backoffice.Http;
using Mambo.ServiceDefaults;
using Mambo.ServiceDefaults.Bus;
using Mambo.ServiceDefaults.Configuration;
using Mambo.ServiceDefaults.Hosts;
using Mambo.TestEnvironment;

using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Mambo.Backoffice.Tests.Http;

public sealed class DoorTests
{
    [Theory]
    [InlineData("127.0.0.1:7480", null, "http://127.0.0.1:7480")]
    [InlineData("127.0.0.1:7480", 80, "http://127.0.0.1")]
    [InlineData("*:80", null, "http://example.org")]
    [InlineData("*:7480", 8080, "http://example.org:8080")]
    [InlineData("[::1]:7480", null, "http://[::1]:7480")]
    public void EdgeBase_Listening_AsPeopleReachIt(string listen, int? publicPort, string expected) =>
        PlatformEndpoints.EdgeBase(new EdgeOptions { Listen = listen, PublicPort = publicPort }, "example.org").ShouldBe(expected);

    [Fact]
    public async Task Platform_SaysWhoAndWhereItIs()
    {
        await using var office = await Office.StartAsync("platform.name=shop", "platform.host=web-1", "platform.domain=example.org");

        (await office.GetAsync("/api/platform")).ToString().ShouldBe("""{"name":"shop","host":"web-1","version":"0.1.0","domain":"example.org","edge":"http://127.0.0.1:7480"}""");
    }

    /// <summary>All in one: the door and the apps share a process and must not share a request.</summary>
    [Fact]
    public async Task Listeners_OfApiAndEdge_NeverMeet()
    {
        using var home = new PlatformHome();
        var builder = MamboHost.CreateBuilder("mambo", ["--home", home.Path, "--set", "api.listen=127.0.0.1:0", "--set", "edge.listen=127.0.0.1:0"], BusTransport.InMemory);
        builder.AddBackoffice();
        builder.Listen(Listeners.Edge, "127.0.0.1:0");
        builder.AddBus();
        await using var app = builder.Build();
        app.MapHealth();
        app.MapBackoffice();
        // As an edge would: every path, an app's own /api among them.
        app.Map("/{**path}", (HttpContext context) => $"the app's {context.Request.Path}");
        await app.StartAsync();
        using var api = Client(app, Listeners.Api, home);
        using var edge = Client(app, Listeners.Edge, home);

        foreach (var path in (string[])["/api/platform", "/api/events", "/api/openapi.json", "/api/bundles/sha256:0", "/"])
            (await edge.GetStringAsync(new Uri(path, UriKind.Relative))).ShouldBe($"the app's {path}");
        (await api.GetStringAsync(new Uri("/api/platform", UriKind.Relative))).ShouldStartWith("{\"name\":");
        (await api.GetStringAsync(new Uri("/", UriKind.Relative))).ShouldStartWith("<!doctype html>");
        foreach (var path in (string[])["/nothing", "/index.html", "/api/nothing"])
        {
            using var answer = await api.GetAsync(new Uri(path, UriKind.Relative));
            answer.StatusCode.ShouldBe(HttpStatusCode.NotFound);
            answer.Content.Headers.ContentType!.MediaType.ShouldBe("application/problem+json");
        }
    }

    private static HttpClient Client(WebApplication app, string listener, PlatformHome home) => new()
    {
        BaseAddress = app.Services.ListeningAt(listener),
        DefaultRequestHeaders = { Authorization = new("Bearer", home.ApiToken) },
    };
}
