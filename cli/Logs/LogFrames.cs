using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Text;

namespace Mambo.Cli.Logs;

/// <summary>Takes the engine's log stream apart. Bounded: the engine cuts lines at 16 KiB, and so do we.</summary>
internal static class LogFrames
{
    private const int HeaderLength = 8;
    private const int Longest = 64 * 1024;

    /// <param name="stream">The body of the answer.</param>
    /// <param name="framed">Each line has a header with its length; a container with a terminal prints without.</param>
    /// <param name="ct">Gives up.</param>
    public static IAsyncEnumerable<string> LinesAsync(Stream stream, bool framed, CancellationToken ct) => framed ? FramesAsync(stream, ct) : PlainAsync(stream, ct);

    private static async IAsyncEnumerable<string> FramesAsync(Stream stream, [EnumeratorCancellation] CancellationToken ct)
    {
        var header = new byte[HeaderLength];
        while (await stream.ReadAtLeastAsync(header, HeaderLength, throwOnEndOfStream: false, ct) == HeaderLength)
        {
            var length = BinaryPrimitives.ReadUInt32BigEndian(header.AsSpan(4));
            if (length > Longest)
                throw new CommandFailure($"The Docker Engine's log stream cannot be read: a line of {length} bytes.");
            var text = new byte[length];
            await stream.ReadExactlyAsync(text, ct);
            yield return Encoding.UTF8.GetString(text).TrimEnd('\r', '\n');
        }
    }

    private static async IAsyncEnumerable<string> PlainAsync(Stream stream, [EnumeratorCancellation] CancellationToken ct)
    {
        var (buffer, held) = (new byte[Longest], 0);
        while (await stream.ReadAsync(buffer.AsMemory(held), ct) is > 0 and var read)
        {
            held += read;
            var begin = 0;
            while (buffer.AsSpan(begin, held - begin).IndexOf((byte)'\n') is >= 0 and var length)
            {
                yield return Encoding.UTF8.GetString(buffer, begin, length).TrimEnd('\r');
                begin += length + 1;
            }

            if (begin == 0 && held == buffer.Length)
            {
                yield return Encoding.UTF8.GetString(buffer, 0, held);
                begin = held;
            }

            buffer.AsSpan(begin, held - begin).CopyTo(buffer);
            held -= begin;
        }

        if (held > 0)
            yield return Encoding.UTF8.GetString(buffer, 0, held).TrimEnd('\r');
    }
}
