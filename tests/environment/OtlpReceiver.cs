using System.Collections.Concurrent;
using System.Text;

using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Mambo.TestEnvironment;

/// <summary>Takes logs, metrics and traces by OTLP/HTTP as Loki, VictoriaMetrics and a collector would, and keeps what came.</summary>
public sealed class OtlpReceiver : IAsyncDisposable
{
    private readonly ConcurrentQueue<(string Path, byte[] Body)> _requests = new();
    private readonly WebApplication _app;

    private OtlpReceiver()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        _app = builder.Build();
        _app.MapPost("/{**path}", TakeAsync);
    }

    /// <summary>Where it listens. Logs go here (<c>telemetry.logs</c> is a base address), metrics to <c>v1/metrics</c> and traces to <c>v1/traces</c> below it.</summary>
    public Uri Address => new(_app.Urls.Single());

    /// <summary>Log lines, in the order they came.</summary>
    public IReadOnlyList<OtlpLog> Logs => [.. Bodies("/v1/logs").SelectMany(body => OtlpRequest.Logs(body))];

    /// <summary>Spans, in the order they came.</summary>
    public IReadOnlyList<OtlpSpan> Spans => [.. Bodies("/v1/traces").SelectMany(body => OtlpRequest.Spans(body))];

    /// <summary>Measured values, in the order they came.</summary>
    public IReadOnlyList<OtlpPoint> Points => [.. Bodies("/v1/metrics").SelectMany(body => OtlpRequest.Points(body))];

    /// <summary>Starts one on a free port.</summary>
    public static async Task<OtlpReceiver> StartAsync()
    {
        var receiver = new OtlpReceiver();
        await receiver._app.StartAsync().ConfigureAwait(false);
        return receiver;
    }

    /// <summary>Whether a text stands anywhere in what was sent, read or not.</summary>
    public bool Saw(string text) => _requests.Any(request => request.Body.AsSpan().IndexOf(Encoding.UTF8.GetBytes(text)) >= 0);

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private IEnumerable<ReadOnlyMemory<byte>> Bodies(string path) => _requests.Where(request => request.Path == path).Select(request => new ReadOnlyMemory<byte>(request.Body));

    private async Task<IResult> TakeAsync(HttpRequest request)
    {
        if (request.ContentType != "application/x-protobuf" || request.Headers.ContentEncoding.Count > 0)
            return Results.StatusCode(StatusCodes.Status415UnsupportedMediaType);
        using var body = new MemoryStream();
        await request.Body.CopyToAsync(body).ConfigureAwait(false);
        _requests.Enqueue((request.Path, body.ToArray()));
        // An empty message means: all of it was taken.
        return Results.Bytes([], "application/x-protobuf");
    }
}
