using System.Net;
using System.Net.Http.Json;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;

using Mambo.Contracts;

namespace Mambo.Cli.Logs;

/// <summary>The Docker Engine's API, as far as looking at an app's containers needs it.</summary>
internal sealed class Engine : IDisposable
{
    private const string Project = "com.docker.compose.project";

    private readonly EngineAddress _address;
    private readonly HttpClient _http;

    public Engine(Surroundings surroundings)
    {
        _address = EngineAddress.Find(surroundings);
        _http = new HttpClient(new SocketsHttpHandler { ConnectCallback = _address.ConnectAsync, UseProxy = false }) { BaseAddress = _address.Api, Timeout = Timeout.InfiniteTimeSpan };
    }

    /// <summary>The containers of a compose project, running or not, by name.</summary>
    public async Task<IReadOnlyList<EngineContainer>> ContainersAsync(string project, CancellationToken ct)
    {
        using var answer = await GetAsync($"containers/json?all=1&filters={Filters(("label", [$"{Project}={project}"]))}", ct);
        var rows = await answer.Content.ReadFromJsonAsync<List<JsonElement>>(WireJson.Options, ct);
        return [.. rows!.Select(EngineContainer.Of).OrderBy(container => container.Name, StringComparer.Ordinal)];
    }

    /// <summary>Starts and wakings of containers of a project, from the moment this returns on.</summary>
    public async Task<IAsyncEnumerable<EngineStart>> StartsAsync(string project, CancellationToken ct)
    {
        var answer = await GetAsync($"events?filters={Filters(("type", ["container"]), ("event", ["start", "unpause"]), ("label", [$"{Project}={project}"]))}", ct);
        return ReadAsync(answer, ct);

        static async IAsyncEnumerable<EngineStart> ReadAsync(HttpResponseMessage answer, [EnumeratorCancellation] CancellationToken ct)
        {
            using var open = answer;
            using var lines = new StreamReader(await answer.Content.ReadAsStreamAsync(ct), Encoding.UTF8);
            while (await lines.ReadLineAsync(ct) is { } line)
            {
                if (JsonElement.Parse(line) is var told && told.TryGetProperty("Actor", out var actor))
                    yield return new EngineStart(actor.GetProperty("ID").GetString()!, told.GetProperty("timeNano").GetInt64(), IsWaking: told.GetProperty("Action").GetString() == "unpause");
            }
        }
    }

    /// <summary>What a container printed, oldest first.</summary>
    /// <param name="container">The container.</param>
    /// <param name="since">From this moment on, as the engine writes it: seconds and nanoseconds. Null: from its start.</param>
    /// <param name="tail">At most so many of the newest lines. Null: all.</param>
    /// <param name="follow">Goes on until the container ends.</param>
    /// <param name="ct">Gives up.</param>
    public async IAsyncEnumerable<LogLine> LogsAsync(EngineContainer container, string? since, int? tail, bool follow, [EnumeratorCancellation] CancellationToken ct)
    {
        var query = $"containers/{container.Id}/logs?stdout=1&stderr=1&timestamps=1&follow={(follow ? 1 : 0)}&tail={tail?.ToString() ?? "all"}{(since is null ? "" : $"&since={since}")}";
        using var answer = await GetAsync(query, ct, goneIsFine: true);
        // Removed since it was listed, or its log driver keeps nothing to be read.
        if (answer.StatusCode is HttpStatusCode.NotFound or HttpStatusCode.Conflict or HttpStatusCode.NotImplemented)
            yield break;
        await using var stream = await answer.Content.ReadAsStreamAsync(ct);
        var framed = answer.Content.Headers.ContentType?.MediaType != "application/vnd.docker.raw-stream";
        await foreach (var text in LogFrames.LinesAsync(stream, framed, ct))
            yield return LogLine.Parse(container, text);
    }

    public void Dispose() => _http.Dispose();

    private async Task<HttpResponseMessage> GetAsync(string path, CancellationToken ct, bool goneIsFine = false)
    {
        HttpResponseMessage answer;
        try
        {
            answer = await _http.GetAsync(path, HttpCompletionOption.ResponseHeadersRead, ct);
        }
        catch (HttpRequestException error)
        {
            throw new CommandFailure(
                $"The Docker Engine at {_address} does not answer: {error.InnerException?.Message ?? error.Message}",
                ["Logs come from the Docker Engine of the app's host: run this there, as a user who may use Docker, or set DOCKER_HOST."]);
        }

        if (answer.IsSuccessStatusCode || goneIsFine)
            return answer;
        using (answer)
            throw new CommandFailure($"The Docker Engine at {_address} answered {(int)answer.StatusCode}: {(await answer.Content.ReadAsStringAsync(ct)).Trim()}");
    }

    private static string Filters(params IEnumerable<(string Name, string[] Values)> filters) =>
        Uri.EscapeDataString(JsonSerializer.Serialize(filters.ToDictionary(filter => filter.Name, filter => filter.Values)));
}

/// <summary>A container began to run, or goes on after a pause.</summary>
/// <param name="Id">Its id.</param>
/// <param name="At">Nanoseconds since 1970.</param>
/// <param name="IsWaking">It was paused.</param>
internal sealed record EngineStart(string Id, long At, bool IsWaking)
{
    /// <summary>As the engine wants it in a query.</summary>
    public string Since => $"{At / 1_000_000_000}.{At % 1_000_000_000:000000000}";
}
