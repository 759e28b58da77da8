using System.Text;

namespace Mambo.Cli.Platform;

/// <summary>What the kernel says of a process: the only proof that an id in a file still means what it meant.</summary>
internal static class ProcessFiles
{
    /// <summary>The process is the platform in one process, on this home.</summary>
    public static bool IsPlatform(int id, PlatformHome home) =>
        Read(id, "cmdline").Contains("Mambo.AllInOne", StringComparison.Ordinal)
        && Read(id, "environ").Split('\0').Contains($"MAMBO_HOME={home.Path}");

    /// <summary>Empty when it is gone, is a zombie, or belongs to another user.</summary>
    private static string Read(int id, string file)
    {
        try
        {
            return Encoding.UTF8.GetString(File.ReadAllBytes($"/proc/{id}/{file}"));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }
}
