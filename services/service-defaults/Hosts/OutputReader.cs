using System.Text;

namespace Mambo.ServiceDefaults.Hosts;

/// <summary>Reads one stream of a program to its end in bounded memory: a limited text, whole lines to a callback, the last lines.</summary>
/// <param name="textLimit">Characters kept in <see cref="Text"/>.</param>
/// <param name="tailLimit">Lines kept in <see cref="Tail"/>.</param>
/// <param name="onLine">Called with each line, redacted. The program waits while it runs.</param>
/// <param name="redact">Takes secrets out of a line.</param>
internal sealed class OutputReader(int textLimit, int tailLimit, Action<string>? onLine, Func<string, string> redact)
{
    /// <summary>Characters of one line; the rest of a longer one is dropped.</summary>
    internal const int LongestLine = 16 * 1024;

    private readonly StringBuilder _text = new();
    private readonly StringBuilder _line = new();
    private readonly Queue<string> _tail = new();
    private readonly Lock _reading = new();

    public bool Truncated { get; private set; }

    public string Text
    {
        get
        {
            lock (_reading)
                return _text.ToString();
        }
    }

    public IReadOnlyList<string> Tail
    {
        get
        {
            lock (_reading)
                return [.. _tail];
        }
    }

    public async Task ReadAsync(Stream stream, CancellationToken cancellationToken)
    {
        // Bytes that are no UTF-8 become U+FFFD; a character cut between two reads is kept by the decoder.
        var decoder = new UTF8Encoding(false, throwOnInvalidBytes: false).GetDecoder();
        var bytes = new byte[16 * 1024];
        var letters = new char[bytes.Length + 4];
        int read;
        do
        {
            read = await stream.ReadAsync(bytes, cancellationToken);
            var count = decoder.GetChars(bytes, 0, read, letters, 0, flush: read == 0);
            Take(letters.AsSpan(0, count));
        }
        while (read > 0);

        if (_line.Length > 0)
            EndLine();
    }

    private void Take(ReadOnlySpan<char> letters)
    {
        lock (_reading)
        {
            var room = Math.Min(textLimit - _text.Length, letters.Length);
            _text.Append(letters[..room]);
            Truncated |= room < letters.Length;
        }

        while (!letters.IsEmpty)
        {
            var end = letters.IndexOf('\n');
            var part = end < 0 ? letters : letters[..end];
            _line.Append(part[..Math.Min(part.Length, LongestLine - _line.Length)]);
            if (end < 0)
                return;
            EndLine();
            letters = letters[(end + 1)..];
        }
    }

    private void EndLine()
    {
        var line = redact(_line.ToString().TrimEnd('\r'));
        _line.Clear();
        lock (_reading)
        {
            if (tailLimit > 0)
                _tail.Enqueue(line);
            if (_tail.Count > tailLimit)
                _tail.Dequeue();
        }

        onLine?.Invoke(line);
    }
}
