using System.Diagnostics;

namespace Mambo.Cli.Running;

/// <summary>Ends a platform: it gets time to end well, then none.</summary>
internal static class PlatformStop
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    /// <summary>Returns whether it ended by itself.</summary>
    /// <param name="id">The process, checked to be a platform.</param>
    /// <param name="impatient">Ends it at once.</param>
    public static async Task<bool> StopAsync(int id, CancellationToken impatient)
    {
        using var process = Find(id);
        if (process is null)
            return true;
        Signals.Send(id, Signals.Terminate);
        using var late = CancellationTokenSource.CreateLinkedTokenSource(impatient);
        late.CancelAfter(Patience);
        try
        {
            await process.WaitForExitAsync(late.Token);
            return true;
        }
        catch (OperationCanceledException)
        {
            Signals.Send(id, Signals.Kill);
            await process.WaitForExitAsync(CancellationToken.None);
            return false;
        }
    }

    private static Process? Find(int id)
    {
        try
        {
            return Process.GetProcessById(id);
        }
        catch (ArgumentException)
        {
            return null;
        }
    }
}
