using System.Diagnostics;

namespace Mambo.TestEnvironment;

/// <summary>The script of the GitHub action and the GitLab snippet, run by a real bash as a runner does.</summary>
/// <param name="Code">Its exit code.</param>
/// <param name="Output">What it printed.</param>
/// <param name="Error">What it printed on standard error.</param>
public sealed record DeployScript(int Code, string Output, string Error)
{
    /// <summary>Both, as a job's log shows them.</summary>
    public string Log => Output + Error;

    /// <summary>Runs it to its end.</summary>
    /// <param name="variables">Its environment, beside the path to the programs.</param>
    public static async Task<DeployScript> RunAsync(IReadOnlyDictionary<string, string> variables)
    {
        var start = new ProcessStartInfo("bash", [GoldenFile.PathOf("deploy/github-action/deploy.sh")]) { RedirectStandardOutput = true, RedirectStandardError = true };
        var path = start.Environment["PATH"];
        start.Environment.Clear();
        start.Environment["PATH"] = path;
        foreach (var (name, value) in variables)
            start.Environment[name] = value;
        using var bash = Process.Start(start)!;
        var (output, error) = (bash.StandardOutput.ReadToEndAsync(), bash.StandardError.ReadToEndAsync());
        using var late = new CancellationTokenSource(TimeSpan.FromMinutes(3));
        try
        {
            await bash.WaitForExitAsync(late.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            bash.Kill(entireProcessTree: true);
        }

        return new DeployScript(bash.ExitCode, await output.ConfigureAwait(false), await error.ConfigureAwait(false));
    }
}
