using System.Buffers.Binary;
using System.Text;

namespace Mambo.TestEnvironment;

/// <summary>A protobuf message read without its schema: fields by number, as the wire format has them.</summary>
internal sealed class ProtobufMessage
{
    private readonly List<(int Field, ulong Number, ReadOnlyMemory<byte> Bytes)> _fields = [];

    /// <exception cref="FormatException">The bytes are no protobuf message.</exception>
    public ProtobufMessage(ReadOnlyMemory<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            var tag = Varint(ref bytes);
            var (field, wireType) = ((int)(tag >> 3), (int)(tag & 7));
            _fields.Add(wireType switch
            {
                0 => (field, Varint(ref bytes), default),
                1 => (field, BinaryPrimitives.ReadUInt64LittleEndian(Take(ref bytes, 8).Span), default),
                2 => (field, 0, Take(ref bytes, checked((int)Varint(ref bytes)))),
                5 => (field, BinaryPrimitives.ReadUInt32LittleEndian(Take(ref bytes, 4).Span), default),
                _ => throw new FormatException($"Field {field} has the wire type {wireType}, which is none."),
            });
        }
    }

    public bool Has(int field) => _fields.Exists(item => item.Field == field);

    /// <summary>Zero when the field is not there, as protobuf has it.</summary>
    public ulong Number(int field) => _fields.FindLast(item => item.Field == field).Number;

    public double Double(int field) => BitConverter.UInt64BitsToDouble(Number(field));

    public string Text(int field) => Encoding.UTF8.GetString(Bytes(field).Span);

    public string Hex(int field) => Convert.ToHexStringLower(Bytes(field).Span);

    public ProtobufMessage Message(int field) => new(Bytes(field));

    public IEnumerable<ProtobufMessage> Messages(int field) => _fields.Where(item => item.Field == field).Select(item => new ProtobufMessage(item.Bytes));

    private ReadOnlyMemory<byte> Bytes(int field) => _fields.FindLast(item => item.Field == field).Bytes;

    private static ulong Varint(ref ReadOnlyMemory<byte> bytes)
    {
        ulong value = 0;
        for (var shift = 0; shift < 64; shift += 7)
        {
            var part = Take(ref bytes, 1).Span[0];
            value |= (ulong)(part & 0x7f) << shift;
            if (part < 0x80)
                return value;
        }

        throw new FormatException("A number is longer than 64 bits.");
    }

    private static ReadOnlyMemory<byte> Take(ref ReadOnlyMemory<byte> bytes, int count)
    {
        if (count > bytes.Length)
            throw new FormatException($"{count} bytes should follow, but only {bytes.Length} do.");
        var taken = bytes[..count];
        bytes = bytes[count..];
        return taken;
    }
}
