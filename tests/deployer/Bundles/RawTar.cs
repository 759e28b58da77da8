using System.IO.Compression;
using System.Text;

namespace Mambo.Deployer.Tests.Bundles;

/// <summary>Archives written byte by byte, with headers no library would write.</summary>
internal sealed class RawTar
{
    private readonly MemoryStream _bytes = new();

    /// <summary>An entry with a header as told, whatever its data is.</summary>
    /// <param name="name">At most 100 bytes.</param>
    /// <param name="data">What follows the header.</param>
    /// <param name="type">The kind of entry; <c>0</c> is a file.</param>
    /// <param name="link">Where a link leads.</param>
    /// <param name="size">The field of 12 bytes. Null: the length of the data, in octal.</param>
    public RawTar Entry(string name, string data = "", char type = '0', string link = "", byte[]? size = null)
    {
        var content = Encoding.Latin1.GetBytes(data);
        var header = new byte[512];
        Put(header, 0, Encoding.Latin1.GetBytes(name));
        Put(header, 100, "0000644\0"u8);
        Put(header, 108, "0000000\0"u8);
        Put(header, 116, "0000000\0"u8);
        Put(header, 124, size ?? Encoding.ASCII.GetBytes($"{Convert.ToString(content.Length, 8).PadLeft(11, '0')}\0"));
        Put(header, 136, "00000000000\0"u8);
        header[156] = (byte)type;
        Put(header, 157, Encoding.Latin1.GetBytes(link));
        Put(header, 257, "ustar\000"u8);
        Put(header, 148, "        "u8);
        Put(header, 148, Encoding.ASCII.GetBytes($"{Convert.ToString(header.Sum(one => one), 8).PadLeft(6, '0')}\0 "));
        _bytes.Write(header);
        _bytes.Write(content);
        _bytes.Write(new byte[(512 - (content.Length % 512)) % 512]);
        return this;
    }

    /// <summary>A pax header for the entry after it.</summary>
    public RawTar Pax(string key, string value) => Entry("PaxHeaders/x", Record(key, value), type: 'x');

    /// <summary>A pax header for all entries after it.</summary>
    public RawTar PaxForAll(string key, string value) => Entry("PaxHeaders/g", Record(key, value), type: 'g');

    public byte[] Packed()
    {
        _bytes.Write(new byte[1024]);
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest, leaveOpen: true))
            gzip.Write(_bytes.ToArray());
        return packed.ToArray();
    }

    /// <summary>A length that counts itself, a space, key=value and a line end.</summary>
    private static string Record(string key, string value)
    {
        var rest = $" {key}={value}\n";
        var length = rest.Length + 1;
        while ($"{length}{rest}".Length != length)
            length = $"{length}{rest}".Length;
        return $"{length}{rest}";
    }

    private static void Put(byte[] header, int at, ReadOnlySpan<byte> field) => field.CopyTo(header.AsSpan(at));
}
