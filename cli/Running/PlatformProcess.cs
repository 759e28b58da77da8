using System.Diagnostics;
using System.Net;

using Mambo.Cli.Platform;

namespace Mambo.Cli.Running;

/// <summary>The platform in one process, started by us.</summary>
internal sealed class PlatformProcess : IDisposable
{
    private const int TailLines = 20;

    private static readonly TimeSpan ReadyLimit = TimeSpan.FromSeconds(30);

    private readonly Process _process;
    private readonly PlatformHome _home;

    private PlatformProcess(Process process, PlatformHome home, long logStart) => (_process, _home, LogStart) = (process, home, logStart);

    /// <summary>Where in the log its lines begin.</summary>
    public long LogStart { get; }

    public int Id => _process.Id;

    /// <summary>
    /// Starts it as a session of its own: it survives the terminal, and Ctrl-C reaches it through us only. Its output goes straight into the log, so it does not depend on us.
    /// </summary>
    /// <param name="program">Full path of its dll.</param>
    /// <param name="home">Its home.</param>
    /// <param name="variables">Set on top of our own environment.</param>
    public static PlatformProcess Start(string program, PlatformHome home, IReadOnlyDictionary<string, string> variables)
    {
        if (!File.Exists(program))
            throw new CommandFailure($"The platform is not built: there is no {program}.", ["Run ./mambo in the repository; it builds what it runs."]);
        Directory.CreateDirectory(Path.GetDirectoryName(home.Log)!);
        var logStart = File.Exists(home.Log) ? new FileInfo(home.Log).Length : 0;

        // The shell only opens the log and becomes the platform: constant text, values as arguments.
        var start = new ProcessStartInfo("setsid", ["sh", "-c", "exec \"$@\" >>\"$0\" 2>&1 </dev/null", home.Log, "dotnet", program]) { WorkingDirectory = home.Path };
        foreach (var (name, value) in variables)
            start.Environment[name] = value;
        start.Environment["MAMBO_HOME"] = home.Path;
        return new PlatformProcess(ChildProcess.Start(start), home, logStart);
    }

    /// <summary>Returns when it answers that it can do its work.</summary>
    /// <exception cref="CommandFailure">It ended, or is not ready in time; carries the end of its log.</exception>
    public async Task<RunningPlatform> ReadyAsync(CancellationToken ct)
    {
        using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false }) { Timeout = TimeSpan.FromSeconds(5) };
        using var late = CancellationTokenSource.CreateLinkedTokenSource(ct);
        late.CancelAfter(ReadyLimit);
        // Another process cannot wake us; an answer in half the time a person notices is soon enough.
        using var beat = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
        try
        {
            while (await beat.WaitForNextTickAsync(late.Token))
            {
                if (_process.HasExited)
                    throw Failed($"ended with code {_process.ExitCode}");
                if (RunningPlatform.FindAllInOne(_home) is { } running && running.Pid == Id && await IsReadyAsync(http, running, late.Token))
                    return running;
            }
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            throw Failed($"is not ready after {ReadyLimit.TotalSeconds:0} s");
        }

        throw new OperationCanceledException(ct);
    }

    /// <summary>Returns its exit code when it has ended.</summary>
    public async Task<int> EndAsync(CancellationToken ct)
    {
        await _process.WaitForExitAsync(ct);
        return _process.ExitCode;
    }

    /// <summary>Asks it to stop, and makes it when it does not.</summary>
    public Task<bool> StopAsync(CancellationToken impatient) => PlatformStop.StopAsync(Id, impatient);

    public void Dispose() => _process.Dispose();

    private static async Task<bool> IsReadyAsync(HttpClient http, RunningPlatform running, CancellationToken ct)
    {
        if ((running.Listeners.GetValueOrDefault("health") ?? running.Api) is not { } health)
            return false;
        try
        {
            using var answer = await http.GetAsync(new Uri(health, "/readyz"), ct);
            return answer.StatusCode == HttpStatusCode.OK;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    private CommandFailure Failed(string how) => new($"The platform {how}. The end of {_home.Log}:", LogTail.Last(_home.Log, TailLines, LogStart));
}
