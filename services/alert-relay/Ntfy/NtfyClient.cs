using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.Json.Serialization;

using Mambo.AlertRelay.Notifications;
using Mambo.Contracts;
using Mambo.ServiceDefaults.Configuration;

namespace Mambo.AlertRelay.Ntfy;

/// <summary>Speaks to the ntfy server. Whatever goes wrong on the way is an outcome, not an exception.</summary>
internal sealed class NtfyClient(AlertOptions options, Secrets secrets, TimeProvider time) : IDisposable
{
    public static readonly TimeSpan PublishDeadline = TimeSpan.FromSeconds(10);
    public static readonly TimeSpan LookDeadline = TimeSpan.FromSeconds(30);

    /// <summary>The server's clock may be this far behind ours.</summary>
    private static readonly TimeSpan ClockTolerance = TimeSpan.FromMinutes(10);

    private readonly string _topic = options.Topic ?? "";
    private readonly Uri _root = new(options.Server, "/");
    private readonly Secret? _token = secrets.Find("ntfy-token");

    private readonly HttpClient _http = new(new SocketsHttpHandler
    {
        // A redirected POST would arrive as a GET, and a token could reach a stranger.
        AllowAutoRedirect = false,
        ConnectTimeout = PublishDeadline,
        PooledConnectionLifetime = TimeSpan.FromMinutes(5),
    })
    {
        Timeout = Timeout.InfiniteTimeSpan,
        MaxResponseContentBufferSize = 64 * 1024,
    };

    /// <summary>Asks the server to take a notification.</summary>
    /// <exception cref="OperationCanceledException">Only when <paramref name="cancellationToken"/> asks for it.</exception>
    public async Task<PublishOutcome> PublishAsync(Guid id, Notification notification, CancellationToken cancellationToken)
    {
        using var request = Request(HttpMethod.Post, _root);
        request.Content = new ByteArrayContent(NtfyBody.Of(_topic, id, notification)) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } };
        using var late = new CancellationTokenSource(PublishDeadline, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(late.Token, cancellationToken);
        try
        {
            using var answer = await _http.SendAsync(request, either.Token);
            var body = await answer.Content.ReadAsStringAsync(either.Token);
            return answer.StatusCode == HttpStatusCode.OK ? Taken(body) : NotTaken(answer, body);
        }
        catch (Exception exception) when (IsExpected(exception) && !cancellationToken.IsCancellationRequested)
        {
            return new NotNow(Reason(exception, PublishDeadline)) { MaybeTaken = !NeverLeft(exception) };
        }
    }

    /// <summary>Looks on the topic for a message that may have been taken.</summary>
    /// <param name="id">The notification's id.</param>
    /// <param name="since">When it was first sent.</param>
    /// <param name="cancellationToken">Stops the look.</param>
    /// <exception cref="OperationCanceledException">Only when <paramref name="cancellationToken"/> asks for it.</exception>
    public async Task<LookOutcome> FindAsync(Guid id, DateTimeOffset since, CancellationToken cancellationToken)
    {
        using var request = Request(HttpMethod.Get, new Uri(_root, $"{_topic}/json?poll=1&since={(since - ClockTolerance).ToUnixTimeSeconds()}"));
        using var late = new CancellationTokenSource(LookDeadline, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(late.Token, cancellationToken);
        try
        {
            using var answer = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, either.Token);
            if (answer.StatusCode is HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden or HttpStatusCode.NotFound)
                return new ReadingNotAllowed();
            if (answer.StatusCode != HttpStatusCode.OK)
                return new Unknown($"{(int)answer.StatusCode} when its topic was read", RetryAfter(answer));

            await using var lines = await answer.Content.ReadAsStreamAsync(either.Token);
            await foreach (var message in JsonSerializer.DeserializeAsyncEnumerable<Message>(lines, topLevelValues: true, WireJson.Options, either.Token))
            {
                if (message?.SequenceId == id.ToString() && message.Id is { } taken)
                    return new Found(taken);
            }

            return new Absent();
        }
        catch (Exception exception) when ((IsExpected(exception) || exception is JsonException) && !cancellationToken.IsCancellationRequested)
        {
            return new Unknown(Reason(exception, LookDeadline));
        }
    }

    public void Dispose() => _http.Dispose();

    private HttpRequestMessage Request(HttpMethod method, Uri address)
    {
        var request = new HttpRequestMessage(method, address) { Headers = { UserAgent = { new ProductInfoHeaderValue("mambo-alert-relay", null) } } };
        if (_token is not null)
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", _token.Reveal());
        return request;
    }

    private static PublishOutcome Taken(string body)
    {
        try
        {
            if (JsonSerializer.Deserialize<Message>(body, WireJson.Options)?.Id is { } id)
                return new Taken(id);
        }
        catch (JsonException)
        {
            // Below.
        }

        // A page of a proxy, or of a network that wants a login: the ntfy server may be behind it again in a minute.
        return new NotNow("it answered 200, but not as an ntfy server does; is alerts.server its root address?") { MaybeTaken = true };
    }

    private PublishOutcome NotTaken(HttpResponseMessage answer, string body)
    {
        var quote = NtfyRefusal.Quote(answer.StatusCode, body);
        if (!NtfyRefusal.IsTemporary(answer.StatusCode))
            return new Refused($"The ntfy server refused it: {quote}. {NtfyRefusal.Remedy(answer.StatusCode, _token is not null, answer.Headers.Location)}");

        return new NotNow(quote)
        {
            // Behind a proxy the server may have taken it all the same; only a 4xx is a clear no.
            MaybeTaken = (int)answer.StatusCode >= 500,
            OnlyThisOne = answer.StatusCode == HttpStatusCode.InternalServerError,
            RetryAfter = RetryAfter(answer),
        };
    }

    private TimeSpan? RetryAfter(HttpResponseMessage answer) => answer.Headers.RetryAfter switch
    {
        { Delta: { } delta } => delta,
        { Date: { } date } => date - time.GetUtcNow(),
        _ => null,
    };

    private static bool IsExpected(Exception exception) => exception is HttpRequestException or IOException or OperationCanceledException;

    private static bool NeverLeft(Exception exception) => exception is HttpRequestException
    {
        HttpRequestError: HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError or HttpRequestError.SecureConnectionError
        or HttpRequestError.ProxyTunnelError,
    };

    private static string Reason(Exception exception, TimeSpan deadline) => exception switch
    {
        OperationCanceledException => $"no answer within {deadline.TotalSeconds:0} s",
        JsonException => "it does not answer as an ntfy server does; is alerts.server its root address?",
        // "See inner exception" helps nobody.
        _ => exception.GetBaseException().Message,
    };

    private sealed record Message
    {
        public string? Id { get; init; }

        [JsonPropertyName("sequence_id")]
        public string? SequenceId { get; init; }
    }
}
