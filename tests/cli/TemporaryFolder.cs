namespace Mambo.Cli.Tests;

/// <summary>A folder that is gone after the test.</summary>
internal sealed class TemporaryFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("mambo-cli-").FullName;

    public string this[string path] => System.IO.Path.Combine(Path, path);

    /// <summary>Writes a file and the folders above it.</summary>
    public string Write(string path, string text = "", UnixFileMode? mode = null)
    {
        var file = this[path];
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(file)!);
        File.WriteAllText(file, text);
        if (mode is { } wanted)
            File.SetUnixFileMode(file, wanted);
        return file;
    }

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
