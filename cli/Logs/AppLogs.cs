using System.Threading.Channels;

namespace Mambo.Cli.Logs;

/// <summary>The lines of all containers of an app as one: what was printed, in the order of time, then what is printed, as it comes.</summary>
/// <param name="engine">The app's engine.</param>
/// <param name="project">Its compose project.</param>
/// <param name="service">Only this service. Null: all.</param>
/// <param name="since">Only from this moment on, as the engine wants it. Null: from the start.</param>
/// <param name="tail">At most so many of the newest lines of each container. Null: all.</param>
/// <param name="time">The clock.</param>
internal sealed class AppLogs(Engine engine, string project, string? service, string? since, int? tail, TimeProvider time)
{
    /// <summary>Lines that wait for a slow reader; behind them the engine waits.</summary>
    private const int Waiting = 1000;

    /// <summary>What was printed until now. Paused containers are kept for going back, and are left out.</summary>
    /// <exception cref="CommandFailure">There is no container to speak of.</exception>
    public async Task WriteAsync(Action<LogLine> write, CancellationToken ct)
    {
        var containers = await ContainersAsync(ct);
        if (containers.Count == 0)
            throw Nothing();
        await HistoryAsync(containers, (_, line) => write(line), ct);
    }

    /// <summary>The same, and what is printed from then on, also by containers that come later. Ends only by <paramref name="ct"/>.</summary>
    public async Task FollowAsync(Action<LogLine> write, CancellationToken ct)
    {
        // Heard from here on; what starts while the others are listed is not missed.
        var starts = await engine.StartsAsync(project, ct);
        var begun = new EngineStart("", time.GetUtcNow().ToUnixTimeMilliseconds() * 1_000_000, IsWaking: false).Since;
        var containers = await ContainersAsync(ct);
        var lines = Channel.CreateBounded<LogLine>(Waiting);
        var followed = new FollowedContainers(engine, lines.Writer, ct);
        containers.ForEach(container => followed.Read(container.Id, begun));
        await HistoryAsync(
            containers,
            (container, line) =>
            {
                write(line);
                if (line.Next() is { } moment)
                    followed.Read(container.Id, moment);
            },
            ct);

        foreach (var container in containers.Where(container => container.State is "running" or "restarting"))
            followed.Begin(container);
        var following = FollowStartsAsync();
        await foreach (var line in lines.Reader.ReadAllAsync(ct))
            write(line);
        await following;

        async Task FollowStartsAsync()
        {
            try
            {
                await foreach (var start in starts.WithCancellation(ct))
                {
                    if ((await ContainersAsync(ct)).FirstOrDefault(container => container.Id == start.Id) is not { } container)
                        continue;
                    // What one that was kept paused printed before is no news.
                    if (start.IsWaking)
                        followed.Read(container.Id, start.Since);
                    followed.Begin(container);
                }

                throw new IOException("it closed its event stream");
            }
            catch (Exception error)
            {
                lines.Writer.TryComplete(FollowedContainers.ForPeople(error));
            }
        }
    }

    private async Task<List<EngineContainer>> ContainersAsync(CancellationToken ct) =>
        [.. (await engine.ContainersAsync(project, ct)).Where(container => !container.IsPaused && (service is null || container.Service == service))];

    /// <summary>Merges: each container's lines are in order, so the next line of all is the earliest of their next ones.</summary>
    private async Task HistoryAsync(List<EngineContainer> containers, Action<EngineContainer, LogLine> write, CancellationToken ct)
    {
        var open = new PriorityQueue<IAsyncEnumerator<LogLine>, (string At, int Place)>();
        var readers = containers.Select(container => engine.LogsAsync(container, since, tail, follow: false, ct).GetAsyncEnumerator(ct)).ToList();
        try
        {
            foreach (var (place, reader) in readers.Index())
                await NextAsync(reader, place);
            while (open.TryDequeue(out var reader, out var key))
            {
                write(reader.Current.Container, reader.Current);
                await NextAsync(reader, key.Place);
            }
        }
        finally
        {
            foreach (var reader in readers)
                await reader.DisposeAsync();
        }

        async Task NextAsync(IAsyncEnumerator<LogLine> reader, int place)
        {
            if (await reader.MoveNextAsync())
                open.Enqueue(reader, (reader.Current.At, place));
        }
    }

    private CommandFailure Nothing() => new(service is null
        ? $"No container of the project {project} is on this Docker Engine."
        : $"No container of the service {service} of the project {project} is on this Docker Engine.", ["mambo status APP shows what there is; DOCKER_HOST says which engine is asked."]);
}
