using System.Collections.Concurrent;
using System.Net;

using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Mambo.OidcIssuer;

/// <summary>
/// Stands in for the OpenID Connect issuers of GitHub Actions and GitLab CI, which cannot be reached from here: discovery document, key set, and, for GitHub, the call a job gets
/// its token by. It can change its keys, fall silent, and answer nonsense.
/// </summary>
public sealed class Issuer : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly List<SigningKey> _keys = [new("key-1")];
    private readonly ConcurrentQueue<string> _requests = new();

    private Issuer()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        builder.Logging.ClearProviders();
        _app = builder.Build();
        _app.Use(async (context, next) =>
        {
            _requests.Enqueue(context.Request.Path);
            if (IsDown)
                context.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
            else if (Nonsense is { } text)
                await context.Response.WriteAsync(text);
            else
                await next(context);
        });
        _app.MapGet("/.well-known/openid-configuration", () => new { issuer = SaysItIs ?? Address, jwks_uri = KeysAt ?? $"{Address}/.well-known/jwks", id_token_signing_alg_values_supported = new[] { "RS256" } });
        _app.MapGet("/.well-known/jwks", () => new { keys = _keys.Select(key => key.PublicJwk).Concat(OtherKeys) });
        _app.MapGet("/token", (HttpContext context, string? audience) => context.Request.Headers.Authorization == $"bearer {RequestToken}"
            ? Results.Json(new { count = 1, value = Key.Sign(Job.Claims(Address, audience ?? "https://github.com/you")) })
            : Results.Unauthorized());
    }

    /// <summary>What tokens name as their issuer.</summary>
    public string Address { get; private set; } = "";

    /// <summary>The key it signs with now.</summary>
    public SigningKey Key => _keys[^1];

    /// <summary>It answers 503.</summary>
    public bool IsDown { get; set; }

    /// <summary>It answers this to everything.</summary>
    public string? Nonsense { get; set; }

    /// <summary>What its discovery document says, when that is not the truth.</summary>
    public string? SaysItIs { get; set; }

    /// <summary>Where its discovery document says its keys are, when they are not there.</summary>
    public string? KeysAt { get; set; }

    /// <summary>Entries of the key set beside its own keys.</summary>
    public List<Dictionary<string, object>> OtherKeys { get; } = [];

    /// <summary>The job that asks <see cref="TokenAddress"/> for its token.</summary>
    public GithubJob Job { get; set; } = new();

    /// <summary>What a job asks for its token with.</summary>
    public string RequestToken { get; } = $"request-{Guid.NewGuid():N}";

    /// <summary>As in the variable <c>ACTIONS_ID_TOKEN_REQUEST_URL</c>: with a query that the audience is added to.</summary>
    public string TokenAddress => $"{Address}/token?api-version=2.0";

    /// <summary>How often its key set was asked for.</summary>
    public int KeyRequests => _requests.Count(path => path == "/.well-known/jwks");

    /// <summary>How often it was asked for anything.</summary>
    public int Requests => _requests.Count;

    /// <summary>Starts one on a free port of 127.0.0.1.</summary>
    public static async Task<Issuer> StartAsync()
    {
        var issuer = new Issuer();
        await issuer._app.StartAsync().ConfigureAwait(false);
        issuer.Address = issuer._app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();
        return issuer;
    }

    /// <summary>Signs with a new key from now on.</summary>
    /// <param name="id">Its id.</param>
    /// <param name="keepOld">Whether the old ones stay in the key set.</param>
    public void Rotate(string id, bool keepOld = false)
    {
        if (!keepOld)
            _keys.Clear();
        _keys.Add(new SigningKey(id));
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync().ConfigureAwait(false);
        _keys.ForEach(key => key.Dispose());
    }
}
