using System.Globalization;

using Mambo.Contracts.Deployments;
using Mambo.Deployer.Compose;
using Mambo.Deployer.Engine;
using Mambo.Deployer.Plan;
using Mambo.ServiceDefaults.Operations;

namespace Mambo.Deployer.Rollout;

/// <summary>Looks, before anything is touched, whether the host can take the release: Docker new enough, disk for images that have to be pulled, memory for two at once.</summary>
internal sealed class Preflight(DockerEngine engine, ComposeCli compose)
{
    /// <summary>Room that stays free on the disk whatever is pulled: a full one stops every app.</summary>
    internal const long LeastFree = 512L * 1024 * 1024;

    /// <summary>The size an image is taken for when nothing like it was here before.</summary>
    internal const long UsualImage = 200L * 1024 * 1024;

    /// <summary>Has <c>--no-recreate</c> with <c>--scale</c>, <c>--wait</c> and <c>start_interval</c> right.</summary>
    private static readonly Version OldestCompose = new(2, 20);

    private Version? _compose;

    /// <param name="state">The rollout.</param>
    /// <param name="missing">Images that have to be pulled.</param>
    /// <param name="cancellationToken">Ends it early.</param>
    public async Task CheckAsync(RollOutState state, IReadOnlyList<string> missing, CancellationToken cancellationToken)
    {
        _compose ??= await VersionAsync(cancellationToken);
        if (_compose < OldestCompose)
            throw Refused($"Docker Compose {_compose} is too old; {OldestCompose} or newer is needed. Upgrade the package docker-compose-plugin on this host.");
        if (missing.Count > 0)
            await DiskAsync(state, missing, cancellationToken);
    }

    /// <summary>What is wrong with the room on the disk, for a person. Null: there is enough. Pure.</summary>
    internal static string? Judge(long free, long images) => free - (2 * images) >= LeastFree
        ? null
        : $"The disk has {Megabytes(free)} free. The images to be pulled may need {Megabytes(2 * images)}, packed and unpacked, and {Megabytes(LeastFree)} must stay free. Remove what is not needed (docker system df shows what there is).";

    /// <summary>What is wrong with the memory there is for containers beside the old ones, for a person. Null: there is enough. Pure.</summary>
    /// <param name="available">Bytes the host could give.</param>
    /// <param name="limits">Per service that runs twice for a while, the bytes its new containers may take.</param>
    internal static string? JudgeMemory(long available, IReadOnlyDictionary<string, long> limits) => limits.Values.Sum() <= available
        ? null
        : $"The host has {Megabytes(available)} of memory left, and {string.Join(", ", limits.Keys)} may take {Megabytes(limits.Values.Sum())} beside the old containers. "
            + $"Lower mem_limit, make room, or label the largest {Rolling.Label}: recreate.";

    /// <summary>Whether what runs twice for a while fits. A service without a memory limit cannot be reckoned with.</summary>
    public static void CheckMemory(RollOutState state)
    {
        var limits = state.Plan!.With(ServiceChange.Rolled)
            .Select(service => (service.Name, Bytes: (state.Model.Find(service.Name)!.MemoryLimit ?? 0) * service.Replicas)).Where(service => service.Bytes > 0).ToDictionary(service => service.Name, service => service.Bytes);
        var available = File.ReadLines("/proc/meminfo").First(line => line.StartsWith("MemAvailable:", StringComparison.Ordinal));
        if (JudgeMemory(long.Parse(available.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) * 1024, limits) is { } problem)
            throw Refused(problem);
    }

    /// <summary>The host cannot take the release; nothing was touched.</summary>
    public static OperationFailedException Refused(string problem) => new(new Failure(nameof(DeploymentFailureReason.NotEnoughRoom), problem));

    private async Task DiskAsync(RollOutState state, IReadOnlyList<string> missing, CancellationToken cancellationToken)
    {
        var sizes = await Task.WhenAll(missing.Select(async reference =>
        {
            var service = state.Model.Services.First(service => service.Image == reference).Name;
            var before = state.Previous?.Content.Images.GetValueOrDefault(service) is { Id.Length: > 0 } image ? await engine.ImageAsync(image.Id, cancellationToken) : null;
            return before?.Size ?? UsualImage;
        }));
        if (Judge(new DriveInfo(await engine.RootFolderAsync(cancellationToken)).AvailableFreeSpace, sizes.Sum()) is { } problem)
            throw Refused(problem);
    }

    private async Task<Version> VersionAsync(CancellationToken cancellationToken)
    {
        var result = await compose.ReadAsync(ComposeCommands.Version, cancellationToken);
        var text = result.StandardOutput.Trim().TrimStart('v').Split('-', '+')[0];
        return result.Succeeded && Version.TryParse(text, out var version)
            ? version
            : throw Refused($"Docker Compose does not say its version: {string.Join(' ', result.ErrorTail)}{text}. Install the package docker-compose-plugin on this host.");
    }

    private static string Megabytes(long bytes) => $"{bytes / 1024 / 1024:N0} MB";
}
