using System.Net.WebSockets;
using System.Text;

using Mambo.TestEnvironment;

using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;

namespace Mambo.Deployer.Tests.Edge;

[Trait("Needs", "Docker")]
public sealed class EdgeTests : IAsyncLifetime
{
    private readonly DeployerHost _deployer = new();

    public Task InitializeAsync()
    {
        _deployer.Configure("deployer:\n  apps:\n    echo:\n      allow: [hostNetwork]\n");
        return _deployer.StartAsync();
    }

    public Task DisposeAsync() => _deployer.DisposeAsync().AsTask();

    [Fact]
    public async Task Answer_ContainerRestartedAtAnotherAddress_IsFoundAtOnce()
    {
        await _deployer.DeployedAsync("shop", Bundle.WebApp("shop", "one"));
        var container = await _deployer.ContainerAsync("shop");
        var before = await AddressAsync(container);

        await DockerCommand.RunAsync("stop", container);
        await UntilAsync("shop.localhost", (502, "the app is not running"));
        // Somebody else takes the address meanwhile.
        await DockerCommand.RunAsync(
            "run", "-d", "--network", $"{_deployer.ProjectOf("shop")}_default", "--label", $"com.docker.compose.project={_deployer.Platform}-squatter", "mambo-web:local", "sleep", "1000");
        await DockerCommand.RunAsync("start", container);

        (await AddressAsync(container)).ShouldNotBe(before);
        await UntilAsync("shop.localhost", (200, "one"));
        (await _deployer.GetAsync("nobody.localhost")).ShouldBe((404, "no app answers here"));
    }

    [Fact]
    public async Task Answer_WebSocket_PassesBothWays()
    {
        await _deployer.DeployedAsync("ntfy", Bundle.Of(("compose.yml",
            """
            services:
              web:
                image: mambo-test/ntfy:2
                labels:
                  traefik.enable: "true"
                  traefik.http.routers.ntfy.rule: "Host(`ntfy.localhost`)"
                  traefik.http.services.ntfy.loadbalancer.server.port: "80"
                  traefik.http.services.ntfy.loadbalancer.healthcheck.path: /v1/health
                stop_grace_period: 0s
            """)));
        using var socket = new ClientWebSocket();
        socket.Options.SetRequestHeader("Host", "ntfy.localhost");
        using var late = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        await socket.ConnectAsync(new Uri($"ws://127.0.0.1:{_deployer.Edge.Port}/news/ws"), late.Token);
        (await ReceiveAsync(socket, late.Token)).ShouldContain("\"event\":\"open\"");

        using var client = new HttpClient();
        using var post = new HttpRequestMessage(HttpMethod.Post, new Uri(_deployer.Edge, "/news")) { Headers = { Host = "ntfy.localhost" }, Content = new StringContent("hello") };
        (await client.SendAsync(post, late.Token)).EnsureSuccessStatusCode();

        (await ReceiveAsync(socket, late.Token)).ShouldContain("\"message\":\"hello\"");
        await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, null, late.Token);
    }

    [Fact]
    public async Task Answer_Request_ReachesTheAppAsTheClientSentItAndWithWhoTheClientIs()
    {
        // The container shares the host's network, so that "its" port is this test's own server.
        await using var server = await EchoAsync();
        var port = new Uri(server.Urls.Single()).Port;
        await _deployer.DeployedAsync("echo", Apps.Of("echo", "network_mode: host", """command: ["sleep", "1000"]""", $"expose: [\"{port}\"]"));
        using var client = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(_deployer.Edge, "/a/b?c=d")) { Content = new ByteArrayContent(new byte[40_000_000]) };
        request.Headers.Host = "echo.localhost";
        request.Headers.Add("X-Forwarded-For", "6.6.6.6");
        request.Headers.Add("X-Forwarded-Proto", "https");

        using var answer = await client.SendAsync(request);

        (await answer.Content.ReadAsStringAsync()).ShouldBe("POST /a/b?c=d Host=echo.localhost For=127.0.0.1 Proto=http XHost=echo.localhost 40000000");
        await server.StopAsync();
        (await _deployer.GetAsync("echo.localhost")).ShouldBe((502, "the app does not answer"));
    }

    private static async Task<WebApplication> EchoAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0").ConfigureKestrel(kestrel => kestrel.Limits.MaxRequestBodySize = null);
        var app = builder.Build();
        app.Run(async context =>
        {
            var (request, bytes, read) = (context.Request, 0L, 0);
            var buffer = new byte[64 * 1024];
            while ((read = await request.Body.ReadAsync(buffer)) > 0)
                bytes += read;
            await context.Response.WriteAsync(
                $"{request.Method} {request.Path}{request.QueryString} Host={request.Host} For={request.Headers["X-Forwarded-For"]} Proto={request.Headers["X-Forwarded-Proto"]} XHost={request.Headers["X-Forwarded-Host"]} {bytes}");
        });
        await app.StartAsync();
        return app;
    }

    private static Task<string> AddressAsync(string container) =>
        DockerCommand.RunAsync("inspect", "--format", "{{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}", container);

    private static async Task<string> ReceiveAsync(ClientWebSocket socket, CancellationToken cancellationToken)
    {
        var buffer = new byte[16 * 1024];
        var received = await socket.ReceiveAsync(buffer, cancellationToken);
        return Encoding.UTF8.GetString(buffer, 0, received.Count);
    }

    private async Task UntilAsync(string host, (int, string) expected)
    {
        (int, string) last = default;
        for (var tries = 0; tries < 40 && last != expected; tries++)
        {
            if (tries > 0)
                await Task.Delay(50);
            last = await _deployer.GetAsync(host);
        }

        last.ShouldBe(expected);
    }
}
