using System.Runtime.InteropServices;

namespace Mambo.Cli.Running;

/// <summary>Signals to processes.</summary>
internal static partial class Signals
{
    public const int Kill = 9;

    public const int Terminate = 15;

    /// <summary>A process that is gone gets nothing, and nothing is wrong with that.</summary>
    public static void Send(int process, int signal) => _ = SendSignal(process, signal);

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int SendSignal(int process, int signal);
}
