using System.Security.Cryptography;

namespace Mambo.Deployer.Bundles;

/// <summary>A stream that is only read from front to back.</summary>
internal abstract class ForwardStream(Stream inner) : Stream
{
    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override int Read(Span<byte> buffer)
    {
        var read = inner.Read(buffer);
        Passed(buffer[..read]);
        return read;
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var read = await inner.ReadAsync(buffer, cancellationToken);
        Passed(buffer.Span[..read]);
        return read;
    }

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected abstract void Passed(ReadOnlySpan<byte> bytes);
}

/// <summary>Hashes what is read, so that one pass over the file both unpacks and verifies it.</summary>
internal sealed class HashingStream(Stream inner) : ForwardStream(inner)
{
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);

    /// <summary>The SHA-256 of everything up to the end of the stream.</summary>
    public async Task<byte[]> FinishAsync(CancellationToken cancellationToken)
    {
        await CopyToAsync(Null, cancellationToken);
        return _hash.GetHashAndReset();
    }

    protected override void Passed(ReadOnlySpan<byte> bytes) => _hash.AppendData(bytes);

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            _hash.Dispose();
        base.Dispose(disposing);
    }
}

/// <summary>Stops an archive that unpacks to more than it may, at the moment it does.</summary>
internal sealed class LimitedStream(Stream inner, long limit) : ForwardStream(inner)
{
    private long _passed;

    /// <summary>Counts bytes that come to lie on disk without being read here.</summary>
    public void Count(long bytes)
    {
        _passed += bytes;
        if (_passed > limit)
            throw new BundleFault($"The bundle is too large: it unpacks to more than {limit:#,0} bytes (deployer.maxUnpackedBytes).");
    }

    protected override void Passed(ReadOnlySpan<byte> bytes) => Count(bytes.Length);
}
