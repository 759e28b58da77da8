using System.Buffers.Binary;

namespace Mambo.Cli.Deployments;

/// <summary>
/// The gzip format (RFC 1952) without compression. What a compressor makes of the same bytes differs between its versions and processors; stored blocks do not, so a
/// digest means the content and nothing else. Apps' folders are small, and what is large in them (pictures, fonts) is compressed already.
/// </summary>
internal sealed class StoredGzip(Stream target) : Stream
{
    private const int LargestBlock = ushort.MaxValue;

    private static readonly uint[] Table = [.. Enumerable.Range(0, 256).Select(Row)];

    private readonly byte[] _block = new byte[LargestBlock];
    private int _filled;
    private uint _crc = uint.MaxValue;
    private uint _length;
    private bool _begun;
    private bool _ended;

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        foreach (var value in buffer)
            _crc = Table[(byte)(_crc ^ value)] ^ (_crc >> 8);
        _length += (uint)buffer.Length;
        while (!buffer.IsEmpty)
        {
            if (_filled == LargestBlock)
                WriteBlock(last: false);
            var part = buffer[..Math.Min(buffer.Length, LargestBlock - _filled)];
            part.CopyTo(_block.AsSpan(_filled));
            _filled += part.Length;
            buffer = buffer[part.Length..];
        }
    }

    public override void Flush()
    {
        // A block ends only when it is full: flushing must not change the bytes.
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing && !_ended)
        {
            _ended = true;
            WriteBlock(last: true);
            Span<byte> trailer = stackalloc byte[8];
            BinaryPrimitives.WriteUInt32LittleEndian(trailer, ~_crc);
            BinaryPrimitives.WriteUInt32LittleEndian(trailer[4..], _length);
            target.Write(trailer);
        }

        base.Dispose(disposing);
    }

    private void WriteBlock(bool last)
    {
        if (!_begun)
        {
            // Magic, method 8, no flags, no time, no extra flags, "unknown" system.
            target.Write([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff]);
            _begun = true;
        }

        Span<byte> head = [last ? (byte)1 : (byte)0, 0, 0, 0, 0];
        BinaryPrimitives.WriteUInt16LittleEndian(head[1..], (ushort)_filled);
        BinaryPrimitives.WriteUInt16LittleEndian(head[3..], (ushort)~_filled);
        target.Write(head);
        target.Write(_block.AsSpan(0, _filled));
        _filled = 0;
    }

    private static uint Row(int index)
    {
        var value = (uint)index;
        for (var bit = 0; bit < 8; bit++)
            value = (value & 1) != 0 ? 0xedb88320 ^ (value >> 1) : value >> 1;
        return value;
    }
}
