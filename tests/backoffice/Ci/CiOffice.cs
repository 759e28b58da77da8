using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;

using Mambo.Backoffice.Ci;
using Mambo.OidcIssuer;

using Microsoft.Extensions.DependencyInjection;

namespace Mambo.Backoffice.Tests.Ci;

/// <summary>The real service with two issuers, one that plays GitHub and one that plays GitLab, and an app bound to a repository of each.</summary>
internal sealed class CiOffice : IAsyncDisposable
{
    public const string Audience = "https://mambo.example.org";

    private int _addresses;

    private CiOffice(Issuer github, Issuer gitlab, Office office) => (Github, Gitlab, Office) = (github, gitlab, office);

    public Issuer Github { get; }

    public Issuer Gitlab { get; }

    public Office Office { get; }

    public static async Task<CiOffice> StartAsync(string more = "", TimeProvider? time = null)
    {
        var (github, gitlab) = (await Issuer.StartAsync(), await Issuer.StartAsync());
        var office = await Office.StartWithFileAsync(
            $$"""
            ci:
              audience: {{Audience}}
              githubIssuer: {{github.Address}}
              gitlabIssuer: {{gitlab.Address}}
              {{more}}
              apps:
                shop:
                  provider: github
                  repositoryId: 74
                  ownerId: 65
                  refs: [refs/heads/main, "refs/tags/v*"]
                  workflow: .github/workflows/deploy.yml
                billing: { provider: github, repositoryId: 74, ownerId: 65, environment: production }
                notes: { provider: gitlab, repositoryId: 20, ownerId: 72, workflow: .gitlab-ci.yml }
            """,
            time);
        return new CiOffice(github, gitlab, office);
    }

    /// <summary>A token as a job of GitHub gets it.</summary>
    public string GithubToken(GithubJob? job = null) => Github.Key.Sign(Claims(job));

    /// <summary>The claims of such a token.</summary>
    public Dictionary<string, object> Claims(GithubJob? job = null) => (job ?? new GithubJob()).Claims(Github.Address, Audience);

    /// <summary>Why a token gets nothing, in words and as a label. Null: it gets a handle.</summary>
    public async Task<string?> RefusalAsync(string? token, string app = "shop")
    {
        var services = Office.App.Services;
        var (job, refusal) = await services.GetRequiredService<TokenVerifier>().VerifyAsync(token);
        if (job is not null)
            (_, refusal) = await services.GetRequiredService<CiDesk>().ExchangeAsync(token!, job, app, bodyDigest: app);
        return refusal is null ? null : $"{CiMetrics.Label(refusal.Reason)}: {refusal.Detail}";
    }

    /// <summary>What the door answers; each time another address asks, so that none has failed too often.</summary>
    public async Task<HttpResponseMessage> PostAsync(string? token, string body = """{"app":"shop"}""")
    {
        var from = new IPEndPoint(new IPAddress([127, 1, 0, (byte)(Interlocked.Increment(ref _addresses) % 250 + 1)]), 0);
        using var handler = new SocketsHttpHandler
        {
            ConnectCallback = async (context, cancellationToken) =>
            {
                var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
                socket.Bind(from);
                await socket.ConnectAsync(IPAddress.Loopback, context.DnsEndPoint.Port, cancellationToken);
                return new NetworkStream(socket, ownsSocket: true);
            },
        };
        using var client = new HttpClient(handler) { BaseAddress = Office.Api.BaseAddress };
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/ci/token") { Content = new StringContent(body, Encoding.UTF8, "application/json") };
        if (token is not null)
            request.Headers.TryAddWithoutValidation("Authorization", $"Bearer {token}");
        return await client.SendAsync(request);
    }

    /// <summary>A client with what a token is exchanged for.</summary>
    public async Task<HttpClient> ExchangeAsync(string token, string app = "shop")
    {
        using var answer = await PostAsync(token, JsonSerializer.Serialize(new { app }));
        var text = await answer.Content.ReadAsStringAsync();
        ((int)answer.StatusCode).ShouldBe(200, text);
        var client = Office.NewClient(token: null);
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", JsonSerializer.Deserialize<JsonElement>(text).GetProperty("token").GetString());
        return client;
    }

    public async ValueTask DisposeAsync()
    {
        await Office.DisposeAsync();
        await Github.DisposeAsync();
        await Gitlab.DisposeAsync();
    }
}
