using System.ComponentModel;
using System.Diagnostics;
using System.Text;

namespace Mambo.Deployer.Compose;

/// <summary>Compose commands whose parent was killed. Each carries its project in its environment, which <c>/proc</c> shows.</summary>
internal static class Leftovers
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    /// <summary>Kills those of one project and returns their process ids, once they are gone.</summary>
    public static IReadOnlyList<int> Kill(string project)
    {
        var mark = Encoding.UTF8.GetBytes($"{ComposeCommands.ProjectVariable}={project}\0");
        var found = Directory.EnumerateDirectories("/proc")
            .Select(folder => int.TryParse(Path.GetFileName(folder), out var id) ? id : 0)
            .Where(id => id > 0 && id != Environment.ProcessId && Carries(id, mark))
            .ToList();
        found.ForEach(Kill);
        return found;
    }

    private static bool Carries(int id, byte[] mark)
    {
        try
        {
            return File.ReadAllBytes($"/proc/{id}/environ").AsSpan().IndexOf(mark) >= 0;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // Gone meanwhile, or another user's: not ours either way.
            return false;
        }
    }

    private static void Kill(int id)
    {
        try
        {
            using var process = Process.GetProcessById(id);
            process.Kill();
            process.WaitForExit(Patience);
        }
        catch (Exception error) when (error is ArgumentException or InvalidOperationException or Win32Exception)
        {
            // It ended by itself meanwhile.
        }
    }
}
