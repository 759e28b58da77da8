using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Mambo.Cli.Deployments;

/// <summary>Tells files from devices, sockets and pipes without opening them: opening a pipe would wait for its writer, and .NET shows all of them as files.</summary>
internal static partial class FileKind
{
    private const int FromWorkingDirectory = -100;

    private const int DoNotFollowLinks = 0x100;

    private const uint TypeWanted = 1;

    /// <summary>Where <c>struct statx</c>, which is the same on every processor, holds the mode.</summary>
    private const int ModeAt = 28;

    private const int TypeBits = 0xf000;

    private const int Regular = 0x8000;

    /// <summary>False also when it is gone.</summary>
    public static bool IsRegular(string path)
    {
        Span<byte> status = stackalloc byte[256];
        return Status(FromWorkingDirectory, path, DoNotFollowLinks, TypeWanted, ref MemoryMarshal.GetReference(status)) == 0
            && (BinaryPrimitives.ReadUInt16LittleEndian(status[ModeAt..]) & TypeBits) == Regular;
    }

    [LibraryImport("libc", EntryPoint = "statx", StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Status(int folder, string path, int flags, uint mask, ref byte status);
}
