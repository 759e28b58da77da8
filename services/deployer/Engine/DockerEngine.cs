using Docker.DotNet;
using Docker.DotNet.Models;

using Version = System.Version;

namespace Mambo.Deployer.Engine;

/// <summary>
/// The Docker Engine's API, at the version agreed on. The engine does no negotiation: without a version in the request it answers in its newest,
/// so <c>/version</c> is read once and the lower of its version and ours is pinned.
/// </summary>
internal sealed class DockerEngine : IDisposable
{
    /// <summary>What Docker Engine 29 still takes; every engine below it is out of support.</summary>
    internal static readonly Version Floor = new(1, 44);

    /// <summary>The newest version this code was written against.</summary>
    internal static readonly Version Newest = new(1, 52);

    private readonly SemaphoreSlim _opening = new(1, 1);
    private DockerClient? _client;

    /// <summary>The version to speak with an engine that offers up to <paramref name="offered"/>.</summary>
    /// <exception cref="EngineTooOldException">It is below the floor.</exception>
    public static Version Agree(string? offered, string? engine)
    {
        if (!Version.TryParse(offered, out var version) || version < Floor)
            throw new EngineTooOldException($"Docker Engine {engine} speaks API {offered}; {Floor} or newer is needed (Docker Engine 25). Upgrade Docker on this host.");
        return version < Newest ? version : Newest;
    }

    /// <summary>All containers of one compose project, running or not.</summary>
    public async Task<IReadOnlyList<AppContainer>> ContainersAsync(string project, CancellationToken cancellationToken) =>
        [.. (await ListAsync($"{AppContainer.ProjectLabel}={project}", cancellationToken)).Order(AppContainer.ByName)];

    /// <summary>All containers of compose projects whose names begin so.</summary>
    public async Task<IReadOnlyList<AppContainer>> ContainersOfPlatformAsync(string prefix, CancellationToken cancellationToken) =>
        [.. (await ListAsync(AppContainer.ProjectLabel, cancellationToken)).Where(container => container.Project.StartsWith(prefix, StringComparison.Ordinal))];

    /// <summary>State, health and restarts of one container.</summary>
    public async Task<ContainerInspectResponse> InspectAsync(string id, CancellationToken cancellationToken) =>
        await (await ClientAsync(cancellationToken)).Containers.InspectContainerAsync(id, cancellationToken);

    /// <summary>The same of a container that may not exist, by its name. Null: it does not.</summary>
    public async Task<ContainerInspectResponse?> FindAsync(string name, CancellationToken cancellationToken)
    {
        try
        {
            return await InspectAsync(name, cancellationToken);
        }
        catch (DockerContainerNotFoundException)
        {
            return null;
        }
    }

    /// <summary>The last lines a container printed on both streams.</summary>
    public async Task<IReadOnlyList<string>> LogTailAsync(string id, int lines, CancellationToken cancellationToken)
    {
        var client = await ClientAsync(cancellationToken);
        var tail = new List<string>();
        var parameters = new ContainerLogsParameters { ShowStdout = true, ShowStderr = true, Tail = lines.ToString() };
        await client.Containers.GetContainerLogsAsync(id, parameters, new Sink<string>(line => tail.Add(line.TrimEnd('\r', '\n'))), cancellationToken);
        return tail;
    }

    /// <summary>Gives a container another name.</summary>
    public async Task RenameContainerAsync(string id, string name, CancellationToken cancellationToken) =>
        await (await ClientAsync(cancellationToken)).Containers.RenameContainerAsync(id, new ContainerRenameParameters { NewName = name }, cancellationToken);

    /// <summary>Removes a container, running or not, by its id or name. Its volumes stay.</summary>
    public Task RemoveContainerAsync(string id, CancellationToken cancellationToken) =>
        GoneIsFineAsync(client => client.Containers.RemoveContainerAsync(id, new ContainerRemoveParameters { Force = true }, cancellationToken), cancellationToken);

    /// <summary>Stops a container by its own signal, waits as long as it was given to end by itself, and kills it then. One that is gone or stopped is left as it is.</summary>
    public async Task StopContainerAsync(AppContainer container, CancellationToken cancellationToken)
    {
        if (container.IsPaused)
            await UnpauseContainerAsync(container.Id, cancellationToken);
        await GoneIsFineAsync(async client => await client.Containers.StopContainerAsync(container.Id, new ContainerStopParameters(), cancellationToken), cancellationToken);
    }

    /// <summary>Stops and removes containers of a project, all at once. Their volumes stay.</summary>
    public async Task RetireAsync(string project, Func<AppContainer, bool> which, CancellationToken cancellationToken) => await Task.WhenAll(
        (await ContainersAsync(project, cancellationToken)).Where(which).Select(async container =>
        {
            await StopContainerAsync(container, cancellationToken);
            await RemoveContainerAsync(container.Id, cancellationToken);
        }));

    /// <summary>Takes the processor away from a container; its memory and connections stay.</summary>
    public Task PauseContainerAsync(string id, CancellationToken cancellationToken) =>
        GoneIsFineAsync(client => client.Containers.PauseContainerAsync(id, cancellationToken), cancellationToken);

    /// <summary>Lets a paused container go on.</summary>
    public Task UnpauseContainerAsync(string id, CancellationToken cancellationToken) =>
        GoneIsFineAsync(client => client.Containers.UnpauseContainerAsync(id, cancellationToken), cancellationToken);

    /// <summary>Waits until a container has ended.</summary>
    /// <returns>Its exit code.</returns>
    public async Task<long> WaitContainerAsync(string id, CancellationToken cancellationToken) =>
        (await (await ClientAsync(cancellationToken)).Containers.WaitContainerAsync(id, cancellationToken)).StatusCode;

    /// <summary>The folder the engine keeps its images in; the host's root where that is not visible from here.</summary>
    public async Task<string> RootFolderAsync(CancellationToken cancellationToken)
    {
        var root = (await (await ClientAsync(cancellationToken)).System.GetSystemInfoAsync(cancellationToken)).DockerRootDir;
        return Directory.Exists(root) ? root : "/";
    }

    /// <summary>What the engine knows of an image. Null: it is not here.</summary>
    public async Task<LocalImage?> ImageAsync(string reference, CancellationToken cancellationToken)
    {
        try
        {
            var image = await (await ClientAsync(cancellationToken)).Images.InspectImageAsync(reference, cancellationToken);
            return new LocalImage(
                image.ID,
                [.. image.RepoDigests ?? []],
                [.. (image.Config?.ExposedPorts?.Keys ?? []).Where(port => !port.EndsWith("/udp", StringComparison.Ordinal)).Select(port => int.Parse(port.Split('/')[0])).Order()],
                image.Config?.Healthcheck?.Test is { Count: > 0 } test && test[0] != "NONE",
                image.Size,
                [.. image.Config?.Volumes?.Keys ?? []]);
        }
        catch (DockerApiException missing) when (missing.StatusCode == System.Net.HttpStatusCode.NotFound)
        {
            return null;
        }
    }

    /// <summary>Removes an image by its id. False: something still uses it.</summary>
    public async Task<bool> RemoveImageAsync(string id, CancellationToken cancellationToken)
    {
        try
        {
            await (await ClientAsync(cancellationToken)).Images.DeleteImageAsync(id, new ImageDeleteParameters(), cancellationToken);
            return true;
        }
        catch (DockerApiException refused) when (refused.StatusCode is System.Net.HttpStatusCode.Conflict or System.Net.HttpStatusCode.NotFound)
        {
            return refused.StatusCode == System.Net.HttpStatusCode.NotFound;
        }
    }

    /// <summary>Starts, ends and removals of containers of compose projects, until the stream breaks. <paramref name="since"/> lets it begin in the past, so that no gap is left.</summary>
    public async Task WatchAsync(DateTimeOffset since, Action<string> onProject, CancellationToken cancellationToken)
    {
        var client = await ClientAsync(cancellationToken);
        var parameters = new ContainerEventsParameters
        {
            Since = since.ToUnixTimeSeconds().ToString(),
            Filters = new Dictionary<string, IDictionary<string, bool>>
            {
                ["type"] = new Dictionary<string, bool> { ["container"] = true },
                ["event"] = new Dictionary<string, bool> { ["start"] = true, ["die"] = true, ["destroy"] = true, ["pause"] = true, ["unpause"] = true },
                ["label"] = new Dictionary<string, bool> { [AppContainer.ProjectLabel] = true },
            },
        };
        var sink = new Sink<Message>(message =>
        {
            if (message.Actor?.Attributes?.TryGetValue(AppContainer.ProjectLabel, out var project) == true)
                onProject(project);
        });
        await client.System.MonitorEventsAsync(parameters, sink, cancellationToken);
    }

    public void Dispose()
    {
        _client?.Dispose();
        _opening.Dispose();
    }

    /// <summary>A container that is gone, or already as it should be, needs nothing more.</summary>
    private async Task GoneIsFineAsync(Func<DockerClient, Task> act, CancellationToken cancellationToken)
    {
        try
        {
            await act(await ClientAsync(cancellationToken));
        }
        catch (DockerApiException done) when (done.StatusCode is System.Net.HttpStatusCode.NotFound or System.Net.HttpStatusCode.Conflict or System.Net.HttpStatusCode.NotModified)
        {
            // Whoever was faster did the same.
        }
    }

    private async Task<IEnumerable<AppContainer>> ListAsync(string label, CancellationToken cancellationToken)
    {
        var client = await ClientAsync(cancellationToken);
        var filters = new Dictionary<string, IDictionary<string, bool>> { ["label"] = new Dictionary<string, bool> { [label] = true } };
        var containers = await client.Containers.ListContainersAsync(new ContainersListParameters { All = true, Filters = filters }, cancellationToken);
        // A one-off container of "compose run" belongs to a person, not to the release.
        return containers.Select(AppContainer.Of).Where(container => !container.OneOff);
    }

    private async Task<DockerClient> ClientAsync(CancellationToken cancellationToken)
    {
        if (_client is { } open)
            return open;
        await _opening.WaitAsync(cancellationToken);
        try
        {
            if (_client is not null)
                return _client;
            using var asking = new DockerClientBuilder().Build();
            var version = await asking.System.GetVersionAsync(cancellationToken);
            return _client = new DockerClientBuilder().WithApiVersion(Agree(version.APIVersion, version.Version)).Build();
        }
        finally
        {
            _opening.Release();
        }
    }

    /// <summary>Calls at once and in order; <see cref="Progress{T}"/> would hand each report to the thread pool.</summary>
    private sealed class Sink<T>(Action<T> report) : IProgress<T>
    {
        public void Report(T value) => report(value);
    }
}

/// <summary>The engine is older than what its API needs to be.</summary>
internal sealed class EngineTooOldException(string message) : Exception(message);

/// <summary>An image on this machine.</summary>
/// <param name="Id">Its content's id.</param>
/// <param name="RepoDigests">References by digest under which a registry has it. Empty: it was made here and cannot be pulled again.</param>
/// <param name="ExposedPorts">TCP ports it exposes.</param>
/// <param name="HasHealthCheck">It brings its own health check.</param>
/// <param name="Size">Bytes it takes on the disk.</param>
/// <param name="Volumes">Paths it declares as volumes.</param>
internal sealed record LocalImage(string Id, IReadOnlyList<string> RepoDigests, IReadOnlyList<int> ExposedPorts, bool HasHealthCheck, long Size, IReadOnlyList<string> Volumes);
