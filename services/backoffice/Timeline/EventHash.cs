using System.Buffers.Binary;
using System.Buffers.Text;
using System.Security.Cryptography;

namespace Mambo.Backoffice.Timeline;

/// <summary>
/// The chain of the timeline. The hash of an event is SHA-256 over seven fields in this order: the hash of the event before it (64 hexadecimal digits), <c>seq</c> in
/// decimal digits, <c>id</c>, <c>type</c>, <c>at</c>, <c>host</c> and the body. Each field is its bytes (UTF-8, exactly as stored) behind their count as eight bytes,
/// big-endian, so that no two events have the same encoding.
/// </summary>
internal sealed class EventHash : IDisposable
{
    /// <summary>What stands for the hash before the first event.</summary>
    public static readonly string First = new('0', 64);

    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);

    /// <summary>The hash of an event, in lower-case hexadecimal digits. Text is given as its bytes.</summary>
    public string Next(ReadOnlySpan<byte> previous, long seq, params ReadOnlySpan<byte[]> fields)
    {
        Span<byte> digits = stackalloc byte[20];
        Utf8Formatter.TryFormat(seq, digits, out var count);
        Add(previous);
        Add(digits[..count]);
        foreach (var field in fields)
            Add(field);
        Span<byte> result = stackalloc byte[SHA256.HashSizeInBytes];
        _hash.GetHashAndReset(result);
        return Convert.ToHexStringLower(result);
    }

    public void Dispose() => _hash.Dispose();

    private void Add(ReadOnlySpan<byte> field)
    {
        Span<byte> length = stackalloc byte[sizeof(long)];
        BinaryPrimitives.WriteInt64BigEndian(length, field.Length);
        _hash.AppendData(length);
        _hash.AppendData(field);
    }
}
