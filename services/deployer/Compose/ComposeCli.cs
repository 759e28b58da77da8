using System.Collections.Concurrent;

using Mambo.Deployer.Engine;
using Mambo.ServiceDefaults.Hosts;

namespace Mambo.Deployer.Compose;

/// <summary>Runs <c>docker compose</c>. The caller sees to it that only one command changes a project at a time.</summary>
internal sealed partial class ComposeCli(LocalHost host, DockerEngine engine, ILogger<ComposeCli> logger)
{
    /// <summary>Longest time a command that was told to stop may go on changing containers; more than stopping one usually takes.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);

    private readonly ConcurrentDictionary<string, Lazy<bool>> _cleared = new(StringComparer.Ordinal);

    /// <summary>Reads; changes nothing.</summary>
    public Task<CommandResult> ReadAsync(CommandLine command, CancellationToken cancellationToken) => host.RunAsync(command, ct: cancellationToken);

    /// <summary>Fetches the images that are missing.</summary>
    public Task<CommandResult> PullAsync(ComposeProject project, Action<string>? progress, CancellationToken cancellationToken) =>
        RunAsync(project, ComposeCommands.Pull(project), progress, cancellationToken);

    /// <summary>Makes the containers of these services, and of those they wait for, what the project says. None named: of all.</summary>
    public Task<CommandResult> UpAsync(ComposeProject project, IReadOnlyList<string> services, TimeSpan wait, Action<string>? progress, CancellationToken cancellationToken) =>
        MakeAsync(project, ComposeCommands.Up(project, services, wait), progress, cancellationToken);

    /// <summary>Makes the containers of some services what the project says, in place of those there are.</summary>
    public Task<CommandResult> RecreateAsync(ComposeProject project, IReadOnlyList<string> services, TimeSpan wait, Action<string>? progress, CancellationToken cancellationToken) =>
        MakeAsync(project, ComposeCommands.Recreate(project, services, wait), progress, cancellationToken);

    /// <summary>Makes containers beside those there are, until each service has so many.</summary>
    public Task<CommandResult> ScaleAsync(ComposeProject project, IReadOnlyDictionary<string, int> counts, Action<string>? progress, CancellationToken cancellationToken) =>
        MakeAsync(project, ComposeCommands.Scale(project, counts), progress, cancellationToken);

    /// <summary>Starts what is missing or stopped of these services; containers that run stay as they are. None named: of all.</summary>
    public Task<CommandResult> RestoreAsync(ComposeProject project, IReadOnlyList<string> services, TimeSpan wait, CancellationToken cancellationToken) =>
        MakeAsync(project, ComposeCommands.Restore(project, services, wait), progress: null, cancellationToken);

    /// <summary>Stops every container; they stay.</summary>
    public Task<CommandResult> StopAsync(ComposeProject project, Action<string>? progress, CancellationToken cancellationToken) =>
        ChangeAsync(project, ComposeCommands.Stop(project), progress, cancellationToken);

    /// <summary>Removes everything of a project, of whatever release it is; volumes only if wanted.</summary>
    public Task<CommandResult> RemoveAsync(ComposeProject project, bool volumes, Action<string>? progress, CancellationToken cancellationToken) =>
        ChangeAsync(project, ComposeCommands.Remove(project, volumes), progress, cancellationToken);

    /// <summary>Starts a job under a name of its own; does not wait for its end.</summary>
    public Task<CommandResult> StartJobAsync(ComposeProject project, string service, string name, bool withDependencies, CancellationToken cancellationToken) =>
        ChangeAsync(project, ComposeCommands.Job(project, service, name, withDependencies), progress: null, cancellationToken);

    /// <summary>Removes containers and networks; volumes stay.</summary>
    public Task<CommandResult> DownAsync(ComposeProject project, Action<string>? progress, CancellationToken cancellationToken) =>
        ChangeAsync(project, ComposeCommands.Down(project), progress, cancellationToken);

    /// <summary>First ends what an earlier command, cut off, left half done.</summary>
    private async Task<CommandResult> MakeAsync(ComposeProject project, CommandLine command, Action<string>? progress, CancellationToken cancellationToken)
    {
        Clear(project);
        foreach (var (id, name) in HalfRecreated.In(await engine.ContainersAsync(project.Name, cancellationToken)))
        {
            LogHalfRecreated(logger, id, project.Name);
            if (name is null)
                await engine.RemoveContainerAsync(id, cancellationToken);
            else
                await engine.RenameContainerAsync(id, name, cancellationToken);
        }

        return await ChangeAsync(project, command, progress, cancellationToken);
    }

    /// <summary>
    /// Not killed between stopping one container and starting the next: the engine would carry on with the stop, and the next command would take the container
    /// for running. Once compose only waits for health, or after <see cref="Patience"/>, it is.
    /// </summary>
    private async Task<CommandResult> ChangeAsync(ComposeProject project, CommandLine command, Action<string>? progress, CancellationToken cancellationToken)
    {
        using var kill = new CancellationTokenSource();
        var waiting = false;
        await using var asked = cancellationToken.Register(() => kill.CancelAfter(Volatile.Read(ref waiting) ? TimeSpan.Zero : Patience));
        var result = await RunAsync(
            project,
            command,
            line =>
            {
                if (!ComposeOutput.IsWaiting(line))
                {
                    progress?.Invoke(line);
                    return;
                }

                Volatile.Write(ref waiting, true);
                if (cancellationToken.IsCancellationRequested)
                    kill.Cancel();
            },
            kill.Token);
        cancellationToken.ThrowIfCancellationRequested();
        return result;
    }

    private Task<CommandResult> RunAsync(ComposeProject project, CommandLine command, Action<string>? onLine, CancellationToken cancellationToken)
    {
        Clear(project);
        string? last = null;
        return host.RunAsync(
            command with { OutputLimit = 0 },
            line =>
            {
                if (line == last || !(ComposeOutput.IsProgress(line) || ComposeOutput.IsWaiting(line)))
                    return;
                last = line;
                onLine?.Invoke(line.Trim());
            },
            cancellationToken);
    }

    /// <summary>Once per project and process, before its first command: whoever comes second waits, or its own command would be taken for a leftover.</summary>
    private void Clear(ComposeProject project) => _ = _cleared.GetOrAdd(project.Name, name => new Lazy<bool>(() =>
    {
        foreach (var id in Leftovers.End(name, Patience))
            LogLeftover(logger, id, name);
        return true;
    })).Value;

    [LoggerMessage(30, LogLevel.Warning, "Ended process {Id}, a compose command for {Project} that outlived the process that began it")]
    private static partial void LogLeftover(ILogger logger, int id, string project);

    [LoggerMessage(31, LogLevel.Warning, "Container {Id} of {Project} was left half recreated by a command that was cut off; ending that")]
    private static partial void LogHalfRecreated(ILogger logger, string id, string project);
}
