using System.Runtime.InteropServices;

namespace Mambo.Cli;

/// <summary>Ctrl-C, SIGTERM or a closed terminal cancel the command once, so that it can end well. A second signal ends the process at once.</summary>
internal sealed class Interruption : IDisposable
{
    private const int ByInterrupt = 130;

    private readonly CancellationTokenSource _source = new();
    private readonly PosixSignalRegistration[] _signals;

    public Interruption() =>
        _signals = [.. new[] { PosixSignal.SIGINT, PosixSignal.SIGTERM, PosixSignal.SIGHUP }.Select(signal => PosixSignalRegistration.Create(signal, Handle))];

    public CancellationToken Token => _source.Token;

    /// <summary>Called instead of ending the process at the second signal.</summary>
    public static Action? SecondTime { get; set; }

    public void Dispose()
    {
        foreach (var signal in _signals)
            signal.Dispose();
        _source.Dispose();
    }

    private void Handle(PosixSignalContext context)
    {
        context.Cancel = true;
        if (!_source.IsCancellationRequested)
            _source.CancelAsync();
        else if (SecondTime is { } act)
            act();
        else
            Environment.Exit(ByInterrupt);
    }
}
