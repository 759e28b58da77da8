using System.Reflection;

namespace Mambo.Cli;

/// <summary>The version of this program.</summary>
internal static class ProgramVersion
{
    public static string Current { get; } =
        typeof(ProgramVersion).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "0.0.0";
}
