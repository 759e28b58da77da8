using System.ComponentModel;
using System.Diagnostics;
using System.Text;

namespace Mambo.Deployer.Compose;

/// <summary>Compose commands whose parent was killed. Each carries its project in its environment, which <c>/proc</c> shows.</summary>
internal static class Leftovers
{
    /// <summary>Waits for those of one project to end, kills those that do not, and returns their process ids once they are gone.</summary>
    /// <param name="project">The compose project.</param>
    /// <param name="patience">Nobody reads what they print any more, so most end by themselves after the change they are at; killed in it, they would leave it half done.</param>
    public static IReadOnlyList<int> End(string project, TimeSpan patience)
    {
        var mark = Encoding.UTF8.GetBytes($"{ComposeCommands.ProjectVariable}={project}\0");
        var found = Directory.EnumerateDirectories("/proc")
            .Select(folder => int.TryParse(Path.GetFileName(folder), out var id) ? id : 0)
            .Where(id => id > 0 && id != Environment.ProcessId && Carries(id, mark))
            .ToList();
        found.ForEach(id => End(id, patience));
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

    private static void End(int id, TimeSpan patience)
    {
        try
        {
            using var process = Process.GetProcessById(id);
            if (process.WaitForExit(patience))
                return;
            process.Kill();
            process.WaitForExit(patience);
        }
        catch (Exception error) when (error is ArgumentException or InvalidOperationException or Win32Exception)
        {
            // It ended by itself meanwhile.
        }
    }
}
