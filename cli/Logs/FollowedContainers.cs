using System.Threading.Channels;

namespace Mambo.Cli.Logs;

/// <summary>The containers whose lines are followed, each once, also when it ends and starts again.</summary>
/// <param name="engine">Their engine.</param>
/// <param name="lines">Where lines go; completed with what broke.</param>
/// <param name="ct">Ends it.</param>
internal sealed class FollowedContainers(Engine engine, ChannelWriter<LogLine> lines, CancellationToken ct)
{
    private const string FromTheStart = "0";

    private readonly Lock _changing = new();

    /// <summary>Up to where the lines of a container were read. One that is not here is new: all it printed is, also what it did before the engine told that it started.</summary>
    private readonly Dictionary<string, string> _read = new(StringComparer.Ordinal);

    /// <summary>Per container that is followed whether it started again meanwhile.</summary>
    private readonly Dictionary<string, bool> _followed = new(StringComparer.Ordinal);

    /// <summary>Notes that a container's lines before a moment were read, or are not wanted.</summary>
    public void Read(string id, string until)
    {
        lock (_changing)
            _read[id] = _read.TryGetValue(id, out var before) ? Later(before, until) : until;
    }

    /// <summary>Follows a container from where it was read; one that is followed goes on when its lines of before have ended.</summary>
    public void Begin(EngineContainer container)
    {
        lock (_changing)
        {
            if (!_followed.TryAdd(container.Id, false))
            {
                _followed[container.Id] = true;
                return;
            }
        }

        _ = FollowAsync(container);
    }

    /// <summary>What the end of a connection means for who reads.</summary>
    public static Exception ForPeople(Exception error) => error is IOException or HttpRequestException
        ? new CommandFailure($"The connection to the Docker Engine broke: {error.Message}", ["It may be restarting. Run the command again."])
        : error;

    private async Task FollowAsync(EngineContainer container)
    {
        try
        {
            do
            {
                await foreach (var line in engine.LogsAsync(container, From(container.Id), tail: null, follow: true, ct))
                {
                    await lines.WriteAsync(line, ct);
                    if (line.Next() is { } moment)
                        Read(container.Id, moment);
                }
            }
            while (StartedAgain(container.Id));
        }
        catch (Exception error)
        {
            lines.TryComplete(ForPeople(error));
        }
    }

    private string From(string id)
    {
        lock (_changing)
            return _read.GetValueOrDefault(id, FromTheStart);
    }

    /// <summary>False: it is followed no more.</summary>
    private bool StartedAgain(string id)
    {
        lock (_changing)
        {
            if (!_followed[id])
                return !_followed.Remove(id);
            _followed[id] = false;
            return true;
        }
    }

    /// <summary>No line is read twice. Seconds have ten digits and nanoseconds nine, so text order is time order.</summary>
    private static string Later(string one, string other) => string.CompareOrdinal(one, other) >= 0 ? one : other;
}
