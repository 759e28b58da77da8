using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;

using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Mambo.TestEnvironment;

/// <summary>
/// A private registry in this process: as much of the distribution API, version 2, as a real <c>docker login</c>, <c>push</c> and <c>pull</c> need, with basic authentication.
/// It stands in for the real one, which no package mirror has; Docker takes plain HTTP from 127.0.0.0/8.
/// </summary>
public sealed partial class RegistryServer : IAsyncDisposable
{
    private readonly ConcurrentDictionary<string, byte[]> _blobs = new();
    private readonly ConcurrentDictionary<string, (string Type, byte[] Content)> _manifests = new();
    private readonly ConcurrentDictionary<string, MemoryStream> _uploads = new();
    private readonly string _authorization;
    private WebApplication? _app;

    /// <param name="user">Who may log in.</param>
    /// <param name="password">With what.</param>
    public RegistryServer(string user, string password) => _authorization = $"Basic {Convert.ToBase64String(Encoding.UTF8.GetBytes($"{user}:{password}"))}";

    /// <summary>Host and port, as in the names of its images.</summary>
    public string Host { get; } = $"127.0.0.1:{ServiceProcess.FreePort()}";

    /// <summary>Listens.</summary>
    public async Task StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls($"http://{Host}").ConfigureKestrel(server => server.Limits.MaxRequestBodySize = null);
        _app = builder.Build();
        _app.Run(AnswerAsync);
        await _app.StartAsync().ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_app is not null)
            await _app.DisposeAsync().ConfigureAwait(false);
    }

    private async Task AnswerAsync(HttpContext context)
    {
        var (request, response) = (context.Request, context.Response);
        response.Headers["Docker-Distribution-Api-Version"] = "registry/2.0";
        if (request.Headers.Authorization != _authorization)
        {
            (response.StatusCode, response.ContentType) = (401, "application/json");
            response.Headers.WWWAuthenticate = "Basic realm=\"private\"";
            await response.WriteAsync("""{"errors":[{"code":"UNAUTHORIZED","message":"authentication required"}]}""").ConfigureAwait(false);
            return;
        }

        using var body = new MemoryStream();
        await request.Body.CopyToAsync(body).ConfigureAwait(false);
        var path = Parts().Match(request.Path);
        var (name, kind, id) = (path.Groups["name"].Value, path.Groups["kind"].Value, path.Groups["id"].Value);
        switch (request.Method, kind)
        {
            case ("GET", ""):
                break;
            case ("HEAD" or "GET", "blobs") when _blobs.TryGetValue(id, out var blob):
                await GiveAsync(context, id, "application/octet-stream", blob).ConfigureAwait(false);
                break;
            case ("HEAD" or "GET", "manifests") when _manifests.TryGetValue($"{name}/{id}", out var manifest):
                await GiveAsync(context, DigestOf(manifest.Content), manifest.Type, manifest.Content).ConfigureAwait(false);
                break;
            case ("POST", "blobs/uploads"):
                var upload = Guid.NewGuid().ToString("N");
                _uploads[upload] = new MemoryStream();
                Take(response, 202, $"/v2/{name}/blobs/uploads/{upload}");
                break;
            case ("PATCH", "blobs/uploads") when _uploads.TryGetValue(id, out var open):
                body.WriteTo(open);
                Take(response, 202, request.Path);
                response.Headers.Range = $"0-{open.Length - 1}";
                break;
            case ("PUT", "blobs/uploads") when _uploads.TryRemove(id, out var whole):
                body.WriteTo(whole);
                _blobs[DigestOf(whole.ToArray())] = whole.ToArray();
                Take(response, 201, $"/v2/{name}/blobs/{DigestOf(whole.ToArray())}");
                response.Headers["Docker-Content-Digest"] = DigestOf(whole.ToArray());
                break;
            case ("PUT", "manifests"):
                var digest = DigestOf(body.ToArray());
                _manifests[$"{name}/{id}"] = _manifests[$"{name}/{digest}"] = (request.ContentType!, body.ToArray());
                Take(response, 201, $"/v2/{name}/manifests/{digest}");
                response.Headers["Docker-Content-Digest"] = digest;
                break;
            default:
                response.StatusCode = 404;
                break;
        }
    }

    private static async Task GiveAsync(HttpContext context, string digest, string type, byte[] content)
    {
        context.Response.Headers["Docker-Content-Digest"] = digest;
        (context.Response.ContentType, context.Response.ContentLength) = (type, content.Length);
        if (context.Request.Method == "GET")
            await context.Response.Body.WriteAsync(content).ConfigureAwait(false);
    }

    private static void Take(HttpResponse response, int status, string location)
    {
        response.StatusCode = status;
        response.Headers.Location = location;
    }

    private static string DigestOf(byte[] content) => $"sha256:{Convert.ToHexStringLower(SHA256.HashData(content))}";

    [GeneratedRegex(@"\A/v2/((?<name>.+)/(?<kind>blobs/uploads|blobs|manifests)/(?<id>[^/]*))?\z", RegexOptions.ExplicitCapture)]
    private static partial Regex Parts();
}
