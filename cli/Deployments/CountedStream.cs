namespace Mambo.Cli.Deployments;

/// <summary>Tells how much of a stream was read.</summary>
internal sealed class CountedStream(Stream source, Action<long> onRead) : Stream
{
    public override bool CanRead => true;

    public override bool CanSeek => source.CanSeek;

    public override bool CanWrite => false;

    public override long Length => source.Length;

    public override long Position { get => source.Position; set => source.Position = value; }

    public override int Read(byte[] buffer, int offset, int count) => Told(source.Read(buffer, offset, count));

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => Told(await source.ReadAsync(buffer, cancellationToken));

    public override long Seek(long offset, SeekOrigin origin) => source.Seek(offset, origin);

    public override void Flush() => source.Flush();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    private int Told(int read)
    {
        onRead(source.Position);
        return read;
    }
}
