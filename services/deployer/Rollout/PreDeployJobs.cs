using Mambo.Contracts.Deployments;
using Mambo.Deployer.Compose;
using Mambo.Deployer.Engine;
using Mambo.Deployer.Plan;
using Mambo.Deployer.Releases;
using Mambo.ServiceDefaults.Operations;

namespace Mambo.Deployer.Rollout;

/// <summary>
/// The step <c>job</c>: runs what must have ended well before the release may start, such as a migration, while the previous release serves. Each job is one container
/// with a name of its own, so a try that was cut off finds the one it started and waits on. It stays until the rollout ends, as the proof that it ran.
/// </summary>
internal sealed class PreDeployJobs(ComposeCli compose, ReleaseFolders folders, DockerEngine engine, ContainerStart containers, ContainerDiagnosis diagnosis)
{
    public async Task RunAsync(OperationContext operation, RollOutState state, CancellationToken cancellationToken)
    {
        var jobs = JobsOf(state);
        if (jobs.Count == 0)
            return;
        // What a job works on must be there in its new form, and is routed to nobody.
        var routed = state.Release!.Content.Routes.Select(route => route.Service).ToHashSet(StringComparer.Ordinal);
        if (!state.Plan!.WholeProject)
            await containers.RecreateAsync(operation, state, service => !routed.Contains(service), cancellationToken);
        foreach (var job in jobs)
        {
            var name = NameOf(state.Release, job);
            if (await engine.FindAsync(name, cancellationToken) is null)
            {
                var result = await compose.StartJobAsync(folders.Project(state.Release), job, name, withDependencies: state.Plan!.WholeProject, cancellationToken);
                if (!result.Succeeded)
                    throw Failed($"The job {job} could not be started: {string.Join(' ', result.ErrorTail.TakeLast(1))}", result.ExitCode, result.ErrorTail);
            }

            operation.Progress($"{job} runs");
            var code = (int)await engine.WaitContainerAsync(name, cancellationToken);
            if (code != 0)
                throw Failed($"The job {job} ended with code {code}.", code, await diagnosis.OutputAsync(name, cancellationToken));
            operation.Progress($"{job} ended well");
        }
    }

    /// <summary>Removes the jobs and brings back what was recreated for them. What they did to the data stays done.</summary>
    public async Task UndoAsync(OperationContext operation, RollOutState state, CancellationToken cancellationToken)
    {
        await RemoveAsync(state, cancellationToken);
        if (JobsOf(state).Count > 0 && state.Those(ServiceChange.Recreated).Count > 0)
            await containers.StartPreviousAsync(operation, state, cancellationToken);
    }

    /// <summary>Removes the jobs' containers, running or not.</summary>
    public Task RemoveAsync(RollOutState state, CancellationToken cancellationToken) =>
        Task.WhenAll(JobsOf(state).Select(job => engine.RemoveContainerAsync(NameOf(state.Release!, job), cancellationToken)));

    /// <summary>When everything is made in one go, compose itself runs those others wait for.</summary>
    private static List<string> JobsOf(RollOutState state) =>
        [.. (state.Plan?.With(ServiceChange.Job) ?? []).Select(job => job.Name).Where(job => !state.Plan!.WholeProject || state.Model.Services.All(service => !service.DependsOn.ContainsKey(job)))];

    private string NameOf(Release release, string job) => $"{folders.Project(release).Name}-{job}-release-{release.Number}";

    private static OperationFailedException Failed(string message, int code, IReadOnlyList<string> output) =>
        new(new Failure(nameof(DeploymentFailureReason.JobFailed), message) { ExitCode = code, Output = output });
}
