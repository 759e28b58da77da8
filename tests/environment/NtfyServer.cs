using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text.Json;

namespace Mambo.TestEnvironment;

/// <summary>
/// The real ntfy server in a container, on a port of its own that stays the same when it is stopped and started again; its topics survive that too.
/// </summary>
public sealed class NtfyServer : IAsyncDisposable
{
    private const string Image = "mambo-test/ntfy:2";

    /// <summary>The token tests read with; it may do everything.</summary>
    private readonly string _reader = NewToken();
    private readonly int _port = ServiceProcess.FreePort();
    private readonly HttpClient _http = new() { Timeout = Timeout.InfiniteTimeSpan };
    private string? _container;

    /// <summary>Where it answers, such as <c>http://127.0.0.1:41234/</c>.</summary>
    public Uri Address => new($"http://127.0.0.1:{_port}/");

    /// <summary>What <see cref="Token"/> may do, such as <c>phone:rw</c>, <c>phone:wo</c>; nobody else may do anything. Empty: no login, everybody may do everything.</summary>
    public IReadOnlyList<string> Access { get; init; } = [];

    /// <summary>Requests a visitor may make at once before the server answers 429. Default: 10,000, so that tests never meet the limit by chance.</summary>
    public int RequestBurst { get; init; } = 10_000;

    /// <summary>An access token with the rights of <see cref="Access"/>.</summary>
    public string Token { get; } = NewToken();

    /// <summary>Starts it and returns when it answers. After <see cref="StopAsync"/>: starts it again with the topics it had.</summary>
    public async Task StartAsync()
    {
        if (_container is null)
            _container = await DockerCommand.RunAsync([.. RunArguments()]).ConfigureAwait(false);
        else
            await DockerCommand.RunAsync("start", _container).ConfigureAwait(false);
        await UntilHealthyAsync().ConfigureAwait(false);
    }

    /// <summary>Stops it: connections to <see cref="Address"/> are refused.</summary>
    public Task StopAsync() => DockerCommand.RunAsync("stop", "--time", "2", _container!);

    /// <summary>Waits until a topic holds <paramref name="count"/> messages, and then a moment longer to catch what should not be there.</summary>
    /// <param name="topic">The topic.</param>
    /// <param name="count">How many messages at least. Zero: returns what is there and what comes in the moment.</param>
    /// <param name="deadline">The longest to wait. Unset: one minute.</param>
    /// <returns>All messages of the topic, oldest first.</returns>
    /// <exception cref="TimeoutException">There were fewer in time; the message lists them.</exception>
    public async Task<IReadOnlyList<NtfyMessage>> WaitForAsync(string topic, int count, TimeSpan? deadline = null)
    {
        using var late = new CancellationTokenSource(deadline ?? TimeSpan.FromMinutes(1));
        var seen = new HashSet<string>(StringComparer.Ordinal);
        while (true)
        {
            try
            {
                await SubscribeAsync(topic, count, seen, late).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (seen.Count < count)
            {
                throw new TimeoutException(
                    $"{seen.Count} of {count} messages are on the topic {topic}:\n{string.Join('\n', await MessagesAsync(topic).ConfigureAwait(false))}");
            }
            catch (OperationCanceledException)
            {
                // A subscription shows what arrives while it begins twice, and not in order; the topic itself is the truth.
                return await MessagesAsync(topic).ConfigureAwait(false);
            }
            catch (Exception exception) when (exception is HttpRequestException { StatusCode: null } or IOException)
            {
                // Stopped for the moment, or stopped in the middle of it: subscribe again from the beginning.
                await Task.Delay(50, CancellationToken.None).ConfigureAwait(false);
            }
        }
    }

    /// <summary>What a topic holds now, oldest first, without waiting.</summary>
    public async Task<IReadOnlyList<NtfyMessage>> MessagesAsync(string topic)
    {
        using var answer = await AskAsync($"{topic}/json?since=all&poll=1", CancellationToken.None).ConfigureAwait(false);
        var text = await answer.Content.ReadAsStringAsync().ConfigureAwait(false);
        return [.. text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(NtfyMessage.Parse).OfType<NtfyMessage>()];
    }

    /// <summary>Removes the container.</summary>
    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        if (_container is not null)
            await DockerCommand.RunAsync("rm", "-f", "-v", _container).ConfigureAwait(false);
    }

    private IEnumerable<string> RunArguments()
    {
        Dictionary<string, string> settings = new()
        {
            // A file, so that topics survive a restart; the default is memory.
            ["NTFY_CACHE_FILE"] = "/var/tmp/cache.db",
            ["NTFY_VISITOR_REQUEST_LIMIT_BURST"] = RequestBurst.ToString(CultureInfo.InvariantCulture),
        };
        if (Access.Count > 0)
        {
            // Nobody logs in with a password: the hash is of one that was thrown away.
            const string PasswordHash = "$2a$10$YLiO8U21sX1uhZamTLJXHuxgVC0Z/GKISibrKCLohPgtG7yIxSk4C";
            settings["NTFY_AUTH_FILE"] = "/var/tmp/auth.db";
            settings["NTFY_AUTH_DEFAULT_ACCESS"] = "deny-all";
            settings["NTFY_AUTH_USERS"] = $"reader:{PasswordHash}:admin,relay:{PasswordHash}:user";
            settings["NTFY_AUTH_TOKENS"] = $"reader:{_reader},relay:{Token}";
            settings["NTFY_AUTH_ACCESS"] = string.Join(',', Access.Select(rule => $"relay:{rule}"));
        }

        return
        [
            "run", "--detach", "--label", "mambo.test=ntfy", "--memory", "128m", "--publish", $"127.0.0.1:{_port}:80",
            .. settings.SelectMany(setting => new[] { "--env", $"{setting.Key}={setting.Value}" }),
            Image,
        ];
    }

    private async Task UntilHealthyAsync()
    {
        using var late = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (true)
        {
            try
            {
                using var answer = await _http.GetAsync(new Uri(Address, "v1/health"), late.Token).ConfigureAwait(false);
                if (answer.StatusCode == HttpStatusCode.OK)
                    return;
            }
            catch (HttpRequestException)
            {
                // Not listening yet; Docker's proxy takes the connection before the server does and drops it.
            }
            catch (OperationCanceledException)
            {
                throw new TimeoutException($"ntfy does not answer: {await DockerCommand.RunAsync("logs", "--tail", "20", _container!).ConfigureAwait(false)}");
            }

            await Task.Delay(25, CancellationToken.None).ConfigureAwait(false);
        }
    }

    private async Task SubscribeAsync(string topic, int count, HashSet<string> seen, CancellationTokenSource late)
    {
        using var answer = await AskAsync($"{topic}/json?since=all", late.Token).ConfigureAwait(false);
        using var lines = new StreamReader(await answer.Content.ReadAsStreamAsync(late.Token).ConfigureAwait(false));
        var complete = false;
        while (true)
        {
            if (!complete && seen.Count >= count)
            {
                complete = true;
                late.CancelAfter(TimeSpan.FromMilliseconds(700));
            }

            var line = await lines.ReadLineAsync(late.Token).ConfigureAwait(false) ?? throw new IOException("The server closed the subscription.");
            if (NtfyMessage.Parse(line) is { } message)
                seen.Add(message.Id);
        }
    }

    private async Task<HttpResponseMessage> AskAsync(string path, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(Address, path));
        if (Access.Count > 0)
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", _reader);
        var answer = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken).ConfigureAwait(false);
        return answer.EnsureSuccessStatusCode();
    }

    private static string NewToken() => $"tk_{RandomNumberGenerator.GetString("abcdefghijklmnopqrstuvwxyz0123456789", 29)}";
}

/// <summary>A message as a phone gets it.</summary>
/// <param name="Id">The id the server gave it.</param>
/// <param name="Title">Its title. Empty: none was sent.</param>
/// <param name="Message">Its text.</param>
/// <param name="Priority">1 (lowest) to 5; 3 when none was sent.</param>
/// <param name="Tags">Words, of which emoji short codes are shown as emoji.</param>
/// <param name="Click">Where a tap leads. Null: nowhere.</param>
/// <param name="SequenceId">The id the publisher gave it; the server's own id when it gave none.</param>
/// <param name="Time">When the server took it, to the second.</param>
public sealed record NtfyMessage(
    string Id, string Title, string Message, int Priority, IReadOnlyList<string> Tags, Uri? Click, string SequenceId, DateTimeOffset Time)
{
    /// <summary>Null for a line that is no message, such as <c>open</c> and <c>keepalive</c>.</summary>
    internal static NtfyMessage? Parse(string line)
    {
        var json = JsonSerializer.Deserialize<JsonElement>(line);
        if (json.GetProperty("event").GetString() != "message")
            return null;

        var id = json.GetProperty("id").GetString()!;
        return new NtfyMessage(
            id,
            Text("title") ?? "",
            Text("message") ?? "",
            json.TryGetProperty("priority", out var priority) ? priority.GetInt32() : 3,
            json.TryGetProperty("tags", out var tags) ? [.. tags.EnumerateArray().Select(tag => tag.GetString()!)] : [],
            Text("click") is { } click ? new Uri(click) : null,
            Text("sequence_id") ?? id,
            DateTimeOffset.FromUnixTimeSeconds(json.GetProperty("time").GetInt64()));

        string? Text(string name) => json.TryGetProperty(name, out var value) ? value.GetString() : null;
    }
}
