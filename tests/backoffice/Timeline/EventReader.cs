using System.Text.Json;

namespace Mambo.Backoffice.Tests.Timeline;

/// <summary>A client of the event stream.</summary>
internal sealed class EventReader : IDisposable
{
    private readonly HttpResponseMessage _answer;
    private readonly StreamReader _lines;

    private EventReader(HttpResponseMessage answer, Stream body) => (_answer, _lines) = (answer, new StreamReader(body));

    public int Comments { get; private set; }

    public static async Task<EventReader> OpenAsync(HttpClient api, string path, long? lastEventId = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path) { Headers = { { "Accept", "text/event-stream" } } };
        if (lastEventId is not null)
            request.Headers.Add("Last-Event-ID", lastEventId.ToString());
        var answer = await api.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        answer.EnsureSuccessStatusCode();
        answer.Content.Headers.ContentType!.ToString().ShouldBe("text/event-stream");
        return new EventReader(answer, await answer.Content.ReadAsStreamAsync());
    }

    public async Task<(long Seq, string Type, JsonElement Data)> NextAsync() =>
        await TryNextAsync() ?? throw new EndOfStreamException("The stream has ended.");

    /// <summary>Null: the stream has ended.</summary>
    public async Task<(long Seq, string Type, JsonElement Data)?> TryNextAsync()
    {
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        var (seq, type, data) = (0L, "", "");
        while (await _lines.ReadLineAsync(deadline.Token) is { } line)
        {
            if (line.StartsWith(':'))
                Comments++;
            else if (line.StartsWith("id: ", StringComparison.Ordinal))
                seq = long.Parse(line[4..]);
            else if (line.StartsWith("event: ", StringComparison.Ordinal))
                type = line[7..];
            else if (line.StartsWith("data: ", StringComparison.Ordinal))
                data = data.Length == 0 ? line[6..] : throw new InvalidDataException("More than one line of data.");
            else if (line.Length == 0 && seq > 0)
                return (seq, type, JsonSerializer.Deserialize<JsonElement>(data));
        }

        return null;
    }

    public async Task<List<long>> SeqsAsync(int count)
    {
        var seqs = new List<long>();
        while (seqs.Count < count)
            seqs.Add((await NextAsync()).Seq);
        return seqs;
    }

    public void Dispose() => _answer.Dispose();
}
