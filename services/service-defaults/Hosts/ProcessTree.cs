using System.ComponentModel;
using System.Diagnostics;
using System.Text;

namespace Mambo.ServiceDefaults.Hosts;

/// <summary>
/// Finds and kills everything a command started. A child whose parent has ended belongs to init and can no longer be found by its parents; so each
/// command carries a mark in its environment, which children inherit and <c>/proc</c> shows.
/// </summary>
internal static class ProcessTree
{
    public const string Mark = "MAMBO_COMMAND";

    /// <summary>A tree that keeps growing while it is killed is given up after so many rounds; each kills all there is.</summary>
    private const int Rounds = 50;

    /// <summary>Kills the command and all its descendants. Returns those still alive, which is none unless they belong to another user or hang in the kernel.</summary>
    public static IReadOnlyList<int> Kill(Process root, string mark)
    {
        IReadOnlyList<int> alive = [];
        for (var round = 0; round < Rounds; round++)
        {
            if (!root.HasExited)
                root.Kill(entireProcessTree: true);
            alive = Find(mark);
            if (alive.Count == 0)
                return [];
            foreach (var id in alive)
                Kill(id);
            // Killed is not yet gone: the kernel needs a moment to take a process down.
            Thread.Sleep(Math.Min(round, 20));
        }

        return alive;
    }

    /// <summary>Living processes that carry the mark; zombies have no environment any more.</summary>
    public static IReadOnlyList<int> Find(string mark)
    {
        var wanted = Encoding.UTF8.GetBytes($"{Mark}={mark}");
        return [.. Directory.EnumerateDirectories("/proc").Select(folder => int.TryParse(Path.GetFileName(folder), out var id) ? id : 0).Where(id => id > 0 && Carries(id, wanted))];
    }

    private static bool Carries(int id, byte[] wanted)
    {
        try
        {
            return File.ReadAllBytes($"/proc/{id}/environ").AsSpan().IndexOf(wanted) >= 0;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // Gone since the folder was listed, or another user's: not ours either way.
            return false;
        }
    }

    private static void Kill(int id)
    {
        try
        {
            using var process = Process.GetProcessById(id);
            process.Kill();
        }
        catch (Exception error) when (error is ArgumentException or InvalidOperationException or Win32Exception)
        {
            // It ended by itself meanwhile; if not, the next round finds it again and the caller is told.
        }
    }
}
