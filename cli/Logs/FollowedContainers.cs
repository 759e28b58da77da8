using System.Threading.Channels;

namespace Mambo.Cli.Logs;

/// <summary>The containers whose lines are followed, each once, also when it ends and starts again.</summary>
/// <param name="engine">Their engine.</param>
/// <param name="lines">Where lines go; completed with what broke.</param>
/// <param name="ct">Ends it.</param>
internal sealed class FollowedContainers(Engine engine, ChannelWriter<LogLine> lines, CancellationToken ct)
{
    private readonly Lock _changing = new();

    /// <summary>Per container the moment it started again while its lines of before were still read. Null: it has not.</summary>
    private readonly Dictionary<string, string?> _followed = new(StringComparer.Ordinal);

    /// <summary>Follows a container from a moment on; one that is followed goes on with it when its lines of before have ended.</summary>
    public void Begin(EngineContainer container, string from)
    {
        lock (_changing)
        {
            if (!_followed.TryAdd(container.Id, null))
            {
                _followed[container.Id] = from;
                return;
            }
        }

        _ = FollowAsync(container, from);
    }

    /// <summary>What the end of a connection means for who reads.</summary>
    public static Exception ForPeople(Exception error) => error is IOException or HttpRequestException
        ? new CommandFailure($"The connection to the Docker Engine broke: {error.Message}", ["It may be restarting. Run the command again."])
        : error;

    private async Task FollowAsync(EngineContainer container, string from)
    {
        try
        {
            for (string? next = from; next is not null; next = Again(container.Id, from))
            {
                from = Later(from, next);
                await foreach (var line in engine.LogsAsync(container, from, tail: null, follow: true, ct))
                {
                    await lines.WriteAsync(line, ct);
                    from = line.Next() ?? from;
                }
            }
        }
        catch (Exception error)
        {
            lines.TryComplete(ForPeople(error));
        }
    }

    /// <summary>Null: it has not started again, and is followed no more.</summary>
    private string? Again(string id, string from)
    {
        lock (_changing)
        {
            if (_followed[id] is { } moment)
            {
                _followed[id] = null;
                return Later(moment, from);
            }

            _followed.Remove(id);
            return null;
        }
    }

    /// <summary>No line is read twice. Seconds have ten digits and nanoseconds nine, so text order is time order.</summary>
    private static string Later(string one, string other) => string.CompareOrdinal(one, other) >= 0 ? one : other;
}
