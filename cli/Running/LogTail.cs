using System.Text;

namespace Mambo.Cli.Running;

/// <summary>The lines a log gets from now on, told by the kernel when there are some.</summary>
internal sealed class LogTail : IDisposable
{
    private readonly string _file;
    private readonly Action<string> _onLine;
    private readonly FileSystemWatcher _watcher;
    private readonly Lock _reading = new();
    private readonly StringBuilder _unfinished = new();
    private long _position;

    /// <param name="file">The log; need not exist yet.</param>
    /// <param name="position">Where to begin.</param>
    /// <param name="onLine">Called with each whole line, one at a time.</param>
    public LogTail(string file, long position, Action<string> onLine)
    {
        (_file, _position, _onLine) = (file, position, onLine);
        _watcher = new FileSystemWatcher(Path.GetDirectoryName(file)!, Path.GetFileName(file)) { NotifyFilter = NotifyFilters.Size | NotifyFilters.LastWrite };
        _watcher.Changed += (_, _) => Read();
        _watcher.EnableRaisingEvents = true;
        Read();
    }

    /// <summary>The last lines of a log.</summary>
    public static IReadOnlyList<string> Last(string file, int lines, long from)
    {
        if (!File.Exists(file))
            return [];
        using var stream = Open(file);
        stream.Position = Math.Max(Math.Min(from, stream.Length), stream.Length - (64 * 1024));
        using var reader = new StreamReader(stream);
        return [.. reader.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries).TakeLast(lines)];
    }

    /// <summary>Reads what is there now.</summary>
    public void Read()
    {
        lock (_reading)
        {
            if (!File.Exists(_file))
                return;
            using var stream = Open(_file);
            stream.Position = Math.Min(_position, stream.Length);
            using var reader = new StreamReader(stream);
            var text = reader.ReadToEnd();
            _position = stream.Length;
            foreach (var letter in text)
            {
                if (letter != '\n')
                {
                    _unfinished.Append(letter);
                    continue;
                }

                _onLine(_unfinished.ToString());
                _unfinished.Clear();
            }
        }
    }

    public void Dispose() => _watcher.Dispose();

    private static FileStream Open(string file) => new(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
}
