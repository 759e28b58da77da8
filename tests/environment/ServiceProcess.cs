using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;

namespace Mambo.TestEnvironment;

/// <summary>
/// One service as its own process, started the way a host starts it: <c>dotnet Mambo.X.dll</c> with its home in the environment.
/// It can be killed with SIGKILL and started again on the same home and the same ports.
/// </summary>
public sealed class ServiceProcess : IAsyncDisposable
{
    private readonly string _assembly;
    private readonly PlatformHome _home;
    private readonly IReadOnlyDictionary<string, string> _environment;
    private readonly ConcurrentQueue<string> _output = new();
    private Process? _process;

    /// <param name="assembly">Assembly name, such as <c>Mambo.AllInOne</c>; built beside the tests.</param>
    /// <param name="home">The platform's home.</param>
    /// <param name="environment">Environment variables on top of the usual ones. Unset: none.</param>
    public ServiceProcess(string assembly, PlatformHome home, IReadOnlyDictionary<string, string>? environment = null)
    {
        (_assembly, _home) = (assembly, home);
        (ApiPort, EdgePort) = (FreePort(), FreePort());
        _environment = environment ?? new Dictionary<string, string>();
        Api = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{ApiPort}"), Timeout = TimeSpan.FromSeconds(30) };
        Api.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", home.ApiToken);
    }

    /// <summary>Where the API, or a service's health endpoints, listen.</summary>
    public int ApiPort { get; }

    /// <summary>Where the embedded edge listens.</summary>
    public int EdgePort { get; }

    /// <summary>A client with the owner's token.</summary>
    public HttpClient Api { get; }

    /// <summary>What it printed so far.</summary>
    public IReadOnlyCollection<string> Output => _output;

    /// <summary>The process id while it runs.</summary>
    public int ProcessId => _process!.Id;

    /// <summary>Starts it and returns when <c>/readyz</c> answers 200.</summary>
    /// <exception cref="InvalidOperationException">It ended, or was not ready in time; the message carries what it printed.</exception>
    public async Task StartAsync(TimeSpan? deadline = null)
    {
        Launch();
        var until = Stopwatch.GetTimestamp() + (long)((deadline ?? TimeSpan.FromSeconds(60)).TotalSeconds * Stopwatch.Frequency);
        while (Stopwatch.GetTimestamp() < until)
        {
            if (_process!.HasExited)
                throw new InvalidOperationException($"{_assembly} ended with {_process.ExitCode}:\n{Tail()}");
            try
            {
                using var answer = await Api.GetAsync("/readyz").ConfigureAwait(false);
                if (answer.StatusCode == HttpStatusCode.OK)
                    return;
            }
            catch (HttpRequestException)
            {
                // Not listening yet.
            }

            await Task.Delay(25).ConfigureAwait(false);
        }

        throw new InvalidOperationException($"{_assembly} was not ready in time:\n{Tail()}");
    }

    /// <summary>Starts it and waits for its end; for starts that must be refused.</summary>
    public async Task<int> RunToEndAsync(TimeSpan deadline)
    {
        Launch();
        using var late = new CancellationTokenSource(deadline);
        try
        {
            await _process!.WaitForExitAsync(late.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            throw new InvalidOperationException($"{_assembly} still runs after {deadline.TotalSeconds:0} s:\n{Tail()}");
        }

        return _process.ExitCode;
    }

    /// <summary>SIGKILL: no handler runs, nothing is flushed.</summary>
    public async Task KillAsync()
    {
        _process!.Kill(entireProcessTree: false);
        await _process.WaitForExitAsync().ConfigureAwait(false);
    }

    /// <summary>SIGTERM, and waits for the clean end.</summary>
    public async Task<int> StopAsync()
    {
        using var kill = Process.Start("kill", ["-TERM", ProcessId.ToString()]);
        using var late = new CancellationTokenSource(TimeSpan.FromSeconds(40));
        await _process!.WaitForExitAsync(late.Token).ConfigureAwait(false);
        return _process.ExitCode;
    }

    /// <summary>The last lines it printed.</summary>
    public string Tail(int lines = 60) => string.Join('\n', _output.TakeLast(lines));

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_process is { HasExited: false })
            await KillAsync().ConfigureAwait(false);
        _process?.Dispose();
        Api.Dispose();
    }

    /// <summary>A port nobody listens on now.</summary>
    public static int FreePort()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)socket.LocalEndPoint!).Port;
    }

    /// <summary>The built assembly, in the same configuration as the tests.</summary>
    public static string PathOf(string assembly)
    {
        var own = new DirectoryInfo(AppContext.BaseDirectory.TrimEnd('/'));
        var path = Path.Combine(own.Parent!.Parent!.FullName, assembly, own.Name, $"{assembly}.dll");
        return File.Exists(path) ? path : throw new FileNotFoundException($"{assembly} is not built: {path}");
    }

    private void Launch()
    {
        var start = new ProcessStartInfo("dotnet", [PathOf(_assembly)]) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["MAMBO_HOME"] = _home.Path;
        start.Environment["MAMBO_API__LISTEN"] = $"127.0.0.1:{ApiPort}";
        start.Environment["MAMBO_EDGE__LISTEN"] = $"127.0.0.1:{EdgePort}";
        foreach (var (name, value) in _environment)
            start.Environment[name] = value;
        _process?.Dispose();
        _process = new Process { StartInfo = start };
        _process.OutputDataReceived += (_, line) => Keep(line.Data);
        _process.ErrorDataReceived += (_, line) => Keep(line.Data);
        _process.Start();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    private void Keep(string? line)
    {
        if (line is null)
            return;
        _output.Enqueue(line);
        while (_output.Count > 5000)
            _output.TryDequeue(out _);
    }
}
