using System.ComponentModel;
using System.Diagnostics;
using System.Text;

using Mambo.ServiceDefaults.Telemetry;

namespace Mambo.ServiceDefaults.Hosts;

/// <summary>Runs programs on this machine: argument lists, a minimal environment, bounded memory, and nothing left behind.</summary>
public sealed class LocalHost(TimeProvider time)
{
    private const int TailLines = 40;

    /// <summary>How long output is still read after the program's end, when something it left running holds its pipes open.</summary>
    private static readonly TimeSpan Linger = TimeSpan.FromSeconds(1);

    /// <summary>Runs a program to its end.</summary>
    /// <param name="command">What to run.</param>
    /// <param name="onLine">Called for each line of standard output and standard error, one at a time, without secrets. The program waits while it runs.</param>
    /// <param name="ct">Kills the program and everything it started.</param>
    /// <exception cref="CommandFailedException">It is not installed, or took longer than its timeout.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public async Task<CommandResult> RunAsync(CommandLine command, Action<string>? onLine = null, CancellationToken ct = default)
    {
        using var activity = Activities.Source.StartActivity($"run {command.Program}");
        activity?.SetTag("process.command", command.ToString());
        ct.ThrowIfCancellationRequested();

        var mark = Guid.NewGuid().ToString("N");
        var started = time.GetTimestamp();
        using var process = Start(command, mark);
        using var timeout = command.Timeout is { } limit ? new CancellationTokenSource(limit, time) : new CancellationTokenSource();
        using var broken = new CancellationTokenSource();
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(ct, timeout.Token, broken.Token);
        using var reading = new CancellationTokenSource();

        var calling = new Lock();
        Action<string>? oneAtATime = onLine is null ? null : line => { lock (calling) { onLine(line); } };
        var redaction = new Redaction(command.Secrets);
        var output = new OutputReader(command.OutputLimit, 0, oneAtATime, redaction.Of);
        var errors = new OutputReader(0, TailLines, oneAtATime, redaction.Of);
        var pipes = Task.WhenAll(
            ReadAsync(output, process.StandardOutput, broken, reading.Token),
            ReadAsync(errors, process.StandardError, broken, reading.Token));
        var input = Task.Run(() => WriteAsync(process, command.StandardInput, stop.Token), CancellationToken.None);

        try
        {
            await process.WaitForExitAsync(stop.Token);
            await input;
        }
        catch
        {
            var left = ProcessTree.Kill(process, mark);
            await FinishAsync(pipes, reading);
            if (timeout.IsCancellationRequested && !ct.IsCancellationRequested)
                throw new CommandFailedException(command, $"was killed after {Configuration.Duration.Format(command.Timeout!.Value)}{Survivors(left)}", errors.Tail) { TimedOut = true };
            ct.ThrowIfCancellationRequested();
            await pipes;
            throw;
        }

        await FinishAsync(pipes, reading);
        if (pipes.IsFaulted)
            await pipes;
        activity?.SetTag("process.exit_code", process.ExitCode);
        var text = output.Text;
        return new CommandResult(process.ExitCode, Lines(text), text, errors.Tail, time.GetElapsedTime(started)) { OutputTruncated = command.OutputLimit > 0 && output.Truncated };
    }

    private static Process Start(CommandLine command, string mark)
    {
        var environment = CommandEnvironment.Of(command);
        var program = CommandEnvironment.Find(command.Program, environment["PATH"])
            ?? throw new CommandFailedException(command, $"cannot be run: {command.Program} is not on PATH. Install it, or mend PATH ({environment["PATH"]})", []) { NotFound = true };
        var directory = command.WorkingDirectory ?? "/";
        if (!Directory.Exists(directory))
            throw new CommandFailedException(command, $"cannot be run: its working directory {directory} does not exist", []);

        var start = new ProcessStartInfo(program, command.Arguments)
        {
            WorkingDirectory = directory,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardInputEncoding = new UTF8Encoding(false),
        };
        start.Environment.Clear();
        foreach (var (name, value) in environment)
            start.Environment[name] = value;
        start.Environment[ProcessTree.Mark] = mark;

        try
        {
            return Process.Start(start)!;
        }
        catch (Win32Exception error)
        {
            throw new CommandFailedException(command, $"cannot be run: {error.Message}", []) { NotFound = true };
        }
    }

    private static async Task WriteAsync(Process process, string? text, CancellationToken cancellationToken)
    {
        try
        {
            await using var input = process.StandardInput;
            if (text is not null)
                await input.WriteAsync(text.AsMemory(), cancellationToken);
        }
        catch (IOException)
        {
            // The program ended, or closed its input, without reading all of it; its exit code says whether that was wrong.
        }
    }

    /// <summary>Waits for the end of the output, but not for ever.</summary>
    private async Task FinishAsync(Task pipes, CancellationTokenSource reading)
    {
        await Task.WhenAny(pipes, Task.Delay(Linger, time, CancellationToken.None));
        await reading.CancelAsync();
    }

    /// <summary>A callback that throws ends the reading; nobody would empty the pipes any more, so it ends the program too.</summary>
    private static async Task ReadAsync(OutputReader reader, StreamReader stream, CancellationTokenSource broken, CancellationToken cancellationToken)
    {
        try
        {
            await Task.Run(() => reader.ReadAsync(stream.BaseStream, cancellationToken), CancellationToken.None);
        }
        catch (Exception) when (!cancellationToken.IsCancellationRequested)
        {
            await broken.CancelAsync();
            throw;
        }
    }

    private static string Survivors(IReadOnlyList<int> left) => left.Count == 0 ? "" : $", but process {string.Join(", ", left)} is still there";

    private static string[] Lines(string text) => text.Length == 0 ? [] : text.TrimEnd('\n').Split('\n').Select(line => line.TrimEnd('\r')).ToArray();
}
