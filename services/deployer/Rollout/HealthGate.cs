using System.Net;

using Mambo.Contracts.Deployments;
using Mambo.Deployer.Compose;
using Mambo.Deployer.Engine;
using Mambo.Deployer.Routes;
using Mambo.ServiceDefaults.Configuration;
using Mambo.ServiceDefaults.Operations;

namespace Mambo.Deployer.Rollout;

/// <summary>
/// The step <c>gate</c>: every container that is to take requests answers HTTP at its own address, as the edge will ask it, three times in a row, and none is in a crash loop.
/// </summary>
internal sealed class HealthGate(DockerEngine engine, ContainerDiagnosis diagnosis, PlatformIdentity platform, DeployerOptions options, TimeProvider time) : IDisposable
{
    private const int InARow = 3;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan ShortPause = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan LongestAnswer = TimeSpan.FromSeconds(5);

    private readonly HttpClient _client = new(new SocketsHttpHandler { UseProxy = false, AllowAutoRedirect = false, UseCookies = false, PooledConnectionLifetime = TimeSpan.Zero })
    {
        Timeout = LongestAnswer,
    };

    public async Task PassAsync(OperationContext operation, RollOutState state, CancellationToken cancellationToken)
    {
        var project = ComposeProject.NameOf(platform, operation.Subject);
        var slots = state.NewSlots();
        var probes = state.Release!.Content.Routes.Where(route => slots.ContainsKey(route.Service)).DistinctBy(route => (route.Service, route.Port, route.HealthPath)).ToList();
        var started = time.GetTimestamp();
        for (var good = 0; good < InARow;)
        {
            var containers = (await engine.ContainersAsync(project, cancellationToken)).Where(Concerns).ToList();
            if (await diagnosis.FindAsync(project, Concerns, late: false, cancellationToken) is { } failure)
                throw new OperationFailedException(failure);
            var answers = await Task.WhenAll(probes.SelectMany(route => Targets(route, containers)).Select(probe => AskAsync(probe.Route, probe.Container, cancellationToken)));
            var bad = answers.FirstOrDefault(answer => answer.Problem is not null);
            good = bad is null ? good + 1 : 0;
            if (bad is not null && time.GetElapsedTime(started) >= options.GateDeadline)
                throw await GiveUpAsync(bad, cancellationToken);
            if (answers.Length == 0)
                return;
            if (good < InARow)
                await Task.Delay(bad is null ? ShortPause : Pause, time, cancellationToken);
        }

        bool Concerns(AppContainer container) => slots.TryGetValue(container.Service, out var slot) && container.Slot == slot;
    }

    public void Dispose() => _client.Dispose();

    private static IEnumerable<(AppRoute Route, AppContainer? Container)> Targets(AppRoute route, IReadOnlyList<AppContainer> containers)
    {
        var running = containers.Where(container => container.Service == route.Service && container is { IsRunning: true, Address: not null }).ToList();
        return running.Count == 0 ? [(route, null)] : running.Select(container => (route, (AppContainer?)container));
    }

    private async Task<Answer> AskAsync(AppRoute route, AppContainer? container, CancellationToken cancellationToken)
    {
        if (container is null)
            return new Answer(null, $"No container of {route.Service} runs");
        var url = $"http://{container.Address}:{route.Port}{route.HealthPath ?? "/"}";
        using var request = new HttpRequestMessage(HttpMethod.Get, url) { Headers = { Host = route.Host } };
        try
        {
            using var response = await _client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
            return new Answer(container, IsGood(response.StatusCode, route.HealthPath) ? null : $"{container.Name} answers {(int)response.StatusCode} at {url}");
        }
        catch (HttpRequestException error)
        {
            return new Answer(container, $"{container.Name} does not answer at {url}: {error.Message}");
        }
        catch (TaskCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return new Answer(container, $"{container.Name} did not answer within {LongestAnswer.TotalSeconds:0} s at {url}");
        }
    }

    /// <summary>A path made for the purpose must say yes; any other must only show that the app runs.</summary>
    internal static bool IsGood(HttpStatusCode status, string? healthPath) => healthPath is null ? (int)status < 500 : (int)status is >= 200 and < 400;

    private async Task<OperationFailedException> GiveUpAsync(Answer answer, CancellationToken cancellationToken) => new(new Failure(
        nameof(DeploymentFailureReason.Unhealthy), $"{answer.Problem}, {options.GateDeadline.TotalSeconds:0} s after its start.")
    {
        Output = answer.Container is null ? [] : await diagnosis.OutputAsync(answer.Container, null, cancellationToken),
    });

    private sealed record Answer(AppContainer? Container, string? Problem);
}
