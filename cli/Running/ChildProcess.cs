using System.ComponentModel;
using System.Diagnostics;

namespace Mambo.Cli.Running;

/// <summary>Programs this one starts: argument lists, no shell.</summary>
internal static class ChildProcess
{
    private const int TailLines = 20;

    private const int ByInterrupt = 130;

    /// <summary>Runs a program on this terminal, with its input and output, and returns its exit code. Ctrl-C reaches it from the terminal; it ends by itself.</summary>
    public static async Task<int> RunAttachedAsync(string program, IReadOnlyList<string> arguments, CancellationToken ct)
    {
        using var process = Start(new ProcessStartInfo(program, arguments));
        await using var stop = ct.Register(() => Signals.Send(process.Id, Signals.Terminate));
        await process.WaitForExitAsync(CancellationToken.None);
        return ct.IsCancellationRequested ? ByInterrupt : process.ExitCode;
    }

    /// <summary>Runs a program and returns its exit code and the last lines of what it printed; a program out of time is killed and has the code -1.</summary>
    /// <param name="program">Looked up on PATH.</param>
    /// <param name="arguments">As they are.</param>
    /// <param name="limit">The longest it may take.</param>
    /// <param name="ct">Kills it.</param>
    /// <param name="onLine">Called with every line it prints.</param>
    /// <param name="input">Its standard input. Null: none.</param>
    public static async Task<(int Code, IReadOnlyList<string> Output)> RunAsync(
        string program, IReadOnlyList<string> arguments, TimeSpan limit, CancellationToken ct, Action<string>? onLine = null, byte[]? input = null)
    {
        using var process = new Process { StartInfo = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true } };
        var tail = new Queue<string>();
        void Keep(string? line)
        {
            if (line is null)
                return;
            lock (tail)
            {
                onLine?.Invoke(line);
                tail.Enqueue(line);
                if (tail.Count > TailLines)
                    tail.Dequeue();
            }
        }

        process.OutputDataReceived += (_, line) => Keep(line.Data);
        process.ErrorDataReceived += (_, line) => Keep(line.Data);
        Started(() => process.Start(), program);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        await GiveAsync(process, input);
        using var late = CancellationTokenSource.CreateLinkedTokenSource(ct);
        late.CancelAfter(limit);
        try
        {
            await process.WaitForExitAsync(late.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            ct.ThrowIfCancellationRequested();
            return (-1, Copy());
        }

        return (process.ExitCode, Copy());

        string[] Copy()
        {
            lock (tail)
                return [.. tail];
        }
    }

    private static async Task GiveAsync(Process process, byte[]? input)
    {
        try
        {
            await process.StandardInput.BaseStream.WriteAsync(input ?? []);
            process.StandardInput.Close();
        }
        catch (IOException)
        {
            // It ended without reading all of it; its exit code says whether that was wrong.
        }
    }

    /// <summary>All lines a program prints on standard output.</summary>
    /// <exception cref="CommandFailure">It failed; carries what it printed.</exception>
    public static async Task<IReadOnlyList<string>> LinesAsync(string program, IReadOnlyList<string> arguments, CancellationToken ct)
    {
        var lines = new List<string>();
        var (code, output) = await RunAsync(program, arguments, TimeSpan.FromSeconds(60), ct, lines.Add);
        return code == 0 ? lines : throw new CommandFailure($"{program} {string.Join(' ', arguments)} ended with code {code}.", output);
    }

    public static Process Start(ProcessStartInfo start)
    {
        Process? process = null;
        Started(() => process = Process.Start(start), start.FileName);
        return process!;
    }

    private static void Started(Action start, string program)
    {
        try
        {
            start();
        }
        catch (Win32Exception error)
        {
            throw new CommandFailure($"{program} cannot be run: {error.Message}", [$"Install {program}, or mend PATH."]);
        }
    }
}
