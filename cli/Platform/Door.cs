using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Net.ServerSentEvents;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using System.Text.Json;

using Mambo.Contracts;

namespace Mambo.Cli.Platform;

/// <summary>The platform's HTTP API. Every failure becomes a <see cref="CommandFailure"/> a person can act on.</summary>
internal sealed class Door : IDisposable
{
    private static readonly TimeSpan AnswerLimit = TimeSpan.FromSeconds(60);

    private readonly HttpClient _http;
    private readonly TimeProvider _time;

    public Door(DoorAddress address, TimeProvider time)
    {
        (Address, _time) = (address, time);
        var handler = new SocketsHttpHandler { AllowAutoRedirect = false, ConnectTimeout = TimeSpan.FromSeconds(10), ConnectCallback = ConnectAsync, UseProxy = !address.Api.IsLoopback };
        _http = new HttpClient(handler) { BaseAddress = address.Api, Timeout = Timeout.InfiniteTimeSpan };
        _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", address.Token);
        _http.DefaultRequestHeaders.UserAgent.Add(new ProductInfoHeaderValue("mambo", ProgramVersion.Current));
    }

    public DoorAddress Address { get; }

    /// <summary>A document.</summary>
    public async Task<JsonElement> GetAsync(string path, CancellationToken ct)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        return await DocumentAsync(request, ct);
    }

    /// <summary>Asks for something.</summary>
    /// <param name="path">Where.</param>
    /// <param name="body">What, in the dialect of <see cref="WireJson"/>.</param>
    /// <param name="idempotencyKey">The same key asks for the same thing, however often it is sent. Null: none.</param>
    /// <param name="ct">Gives up.</param>
    public async Task<JsonElement> PostAsync(string path, object body, string? idempotencyKey, CancellationToken ct)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = JsonContent.Create(body, options: WireJson.Options) };
        if (idempotencyKey is not null)
            request.Headers.Add("Idempotency-Key", idempotencyKey);
        return await DocumentAsync(request, ct);
    }

    /// <summary>Removes something. False: it is not there.</summary>
    public async Task<bool> DeleteAsync(string path, CancellationToken ct)
    {
        using var request = new HttpRequestMessage(HttpMethod.Delete, path);
        using var answer = await SendAsync(request, AnswerLimit, ct);
        if (answer.StatusCode == HttpStatusCode.NotFound)
            return false;
        await DoorFault.ThrowUnlessGoodAsync(answer, Address, ct);
        return true;
    }

    /// <summary>Whether the platform has this bundle.</summary>
    public async Task<bool> HasBundleAsync(string digest, CancellationToken ct)
    {
        using var request = new HttpRequestMessage(HttpMethod.Head, $"/api/bundles/{digest}");
        using var answer = await SendAsync(request, AnswerLimit, ct);
        if (answer.StatusCode == HttpStatusCode.NotFound)
            return false;
        await DoorFault.ThrowUnlessGoodAsync(answer, Address, ct);
        return true;
    }

    /// <summary>Uploads a bundle; takes as long as it takes.</summary>
    public async Task StoreBundleAsync(string digest, Stream bundle, CancellationToken ct)
    {
        using var body = new StreamContent(bundle, 64 * 1024) { Headers = { ContentType = new MediaTypeHeaderValue("application/gzip"), ContentLength = bundle.Length } };
        using var request = new HttpRequestMessage(HttpMethod.Put, $"/api/bundles/{digest}") { Content = body };
        using var answer = await SendAsync(request, Timeout.InfiniteTimeSpan, ct);
        await DoorFault.ThrowUnlessGoodAsync(answer, Address, ct);
    }

    /// <summary>One connection to the event stream, until it ends. Does not connect again: <see cref="Timeline.EventStream"/> does.</summary>
    public async IAsyncEnumerable<SseItem<string>> StreamAsync(string path, string? lastEventId, [EnumeratorCancellation] CancellationToken ct)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("text/event-stream"));
        if (lastEventId is not null)
            request.Headers.Add("Last-Event-ID", lastEventId);
        using var answer = await SendAsync(request, AnswerLimit, ct);
        await DoorFault.ThrowUnlessGoodAsync(answer, Address, ct);
        await using var stream = await answer.Content.ReadAsStreamAsync(ct);
        await foreach (var item in SseParser.Create(stream).EnumerateAsync(ct))
            yield return item;
    }

    public void Dispose() => _http.Dispose();

    private async Task<JsonElement> DocumentAsync(HttpRequestMessage request, CancellationToken ct)
    {
        using var answer = await SendAsync(request, AnswerLimit, ct);
        await DoorFault.ThrowUnlessGoodAsync(answer, Address, ct);
        try
        {
            return await answer.Content.ReadFromJsonAsync<JsonElement>(WireJson.Options, ct);
        }
        catch (JsonException)
        {
            throw new CommandFailure($"{Address} does not answer like a Mambo platform: its answer to {request.RequestUri} is no JSON.");
        }
    }

    /// <summary>Returns when the head of the answer is there.</summary>
    private async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, TimeSpan limit, CancellationToken ct)
    {
        using var late = new CancellationTokenSource(limit, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(ct, late.Token);
        try
        {
            return await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, either.Token);
        }
        catch (OperationCanceledException) when (late.IsCancellationRequested && !ct.IsCancellationRequested)
        {
            throw new DoorUnreachable(Address, $"no answer within {limit.TotalSeconds:0} s");
        }
        catch (HttpRequestException error)
        {
            throw new DoorUnreachable(Address, (error.InnerException as SocketException ?? (Exception)error).Message);
        }
    }

    /// <summary>A stream may be silent for long; the kernel finds out when the other side is gone.</summary>
    private static async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken ct)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive, true);
            socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveTime, 30);
            socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveInterval, 5);
            socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveRetryCount, 3);
            await socket.ConnectAsync(context.DnsEndPoint, ct);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
