using System.Buffers;
using System.Diagnostics.Metrics;
using System.Globalization;
using System.IO.Pipelines;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

using Mambo.Backoffice.Deployments;
using Mambo.ServiceDefaults.Telemetry;

using Microsoft.AspNetCore.Http.Features;

namespace Mambo.Backoffice.Timeline;

/// <summary>
/// Follows the timeline for one client, as server-sent events. It holds no queue: it sleeps until a commit, then reads what is new from the table, a page at a time, and
/// waits until the client has taken it. A slow client lags; one that goes is let go of at once.
/// </summary>
internal sealed class EventStream(EventTable events, DeploymentTable deployments, TimelineSignal signal, TimeProvider time, IHostApplicationLifetime lifetime)
{
    private const int MostUnflushed = 32 * 1024;
    private static readonly TimeSpan KeepAlive = TimeSpan.FromSeconds(15);
    private static readonly JsonWriterOptions Json = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private static readonly UpDownCounter<long> Open =
        MamboMeter.Meter.CreateUpDownCounter<long>("mambo.api.event_streams", "{stream}", "Clients that follow the timeline.");

    private readonly Lock _sharing = new();
    private SharedPage? _shared;
    private int _clients;

    /// <summary>Clients that follow now.</summary>
    public int Clients => Volatile.Read(ref _clients);

    public async Task FollowAsync(HttpContext context, EventQuery query)
    {
        context.Response.ContentType = "text/event-stream";
        context.Response.Headers.CacheControl = "no-store";
        context.Features.Get<IHttpResponseBodyFeature>()?.DisableBuffering();
        using var gone = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, lifetime.ApplicationStopping);
        Count(1);
        try
        {
            await WriteAsync(context.Response.BodyWriter, query, gone.Token);
        }
        catch (OperationCanceledException) when (gone.IsCancellationRequested)
        {
            // The client went, or the service stops; the client resumes with Last-Event-ID.
        }
        finally
        {
            Count(-1);
        }
    }

    private void Count(int change)
    {
        Interlocked.Add(ref _clients, change);
        Open.Add(change);
    }

    private async Task WriteAsync(PipeWriter output, EventQuery query, CancellationToken gone)
    {
        // The headers go out at once, so that a client of a quiet timeline knows that it is heard.
        await output.FlushAsync(gone);
        while (true)
        {
            // Both are asked before the events: what comes in between is then found by the next round, not lost.
            var newest = signal.Newest;
            var ended = query.Deployment is { } id && deployments.Find(id)?.EndedAt is not null;
            var page = Read(query, newest);
            foreach (var happened in page)
            {
                Write(output, happened);
                if (output.UnflushedBytes > MostUnflushed)
                    await output.FlushAsync(gone);
            }

            if (page.Count > 0)
                await output.FlushAsync(gone);
            if (query.Deployment is not null && page.Any(happened => happened.EndsDeployment))
                return;

            var wholePage = query.Tail is null && page.Count == query.Limit;
            query = query with { Tail = null, After = Math.Max(page.Count > 0 ? page[^1].Seq : query.After, wholePage ? 0 : newest) };
            if (wholePage)
                continue;
            if (ended)
                return;
            if (!await HeardAsync(newest, gone))
            {
                output.Write(": still here\n\n"u8);
                await output.FlushAsync(gone);
            }
        }
    }

    /// <summary>Those who are up to date all ask for the same after a commit; one of them reads it for all.</summary>
    private IReadOnlyList<StoredEvent> Read(EventQuery query, long newest)
    {
        if (query.Tail is not null || query.After + query.Limit < newest)
            return events.Read(query);
        lock (_sharing)
        {
            if (_shared is not { } shared || shared.Newest != newest || shared.Query != query)
                _shared = shared = new SharedPage(query, newest, events.Read(query));
            return shared.Events;
        }
    }

    /// <summary>False: nothing was committed for the time of a keepalive.</summary>
    private async Task<bool> HeardAsync(long newest, CancellationToken gone)
    {
        var commit = signal.PastAsync(newest);
        await commit.WaitAsync(KeepAlive, time, gone).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        gone.ThrowIfCancellationRequested();
        return commit.IsCompleted;
    }

    private static void Write(PipeWriter output, StoredEvent happened)
    {
        output.Write(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"id: {happened.Seq}\nevent: {happened.Type}\ndata: ")));
        using (var json = new Utf8JsonWriter(output, Json))
            happened.Write(json);
        output.Write("\n\n"u8);
    }

    /// <summary>Holds every matching event up to <paramref name="Newest"/>, and perhaps some past it.</summary>
    private sealed record SharedPage(EventQuery Query, long Newest, IReadOnlyList<StoredEvent> Events);
}
