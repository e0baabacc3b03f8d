namespace Kube.Api.Serialization;

/// <summary>Wire types of protobuf's encoding.</summary>
internal enum ProtobufWireType
{
    Varint = 0,
    Fixed64 = 1,
    Bytes = 2,
    StartGroup = 3,
    EndGroup = 4,
    Fixed32 = 5,
}

/// <summary>Reads protobuf's wire format from memory. Every malformed input is a <see cref="DecodeException"/>.</summary>
internal ref struct ProtobufReader(ReadOnlySpan<byte> data)
{
    private ReadOnlySpan<byte> _rest = data;

    internal readonly bool AtEnd => _rest.IsEmpty;

    internal (int Number, ProtobufWireType Type) ReadTag()
    {
        var tag = ReadVarint();
        var number = tag >> 3;
        if (number is 0 or > 536_870_911)
        {
            throw new DecodeException($"proto: illegal tag {number} (wire type {tag & 7})");
        }

        return (tag & 7) > 5
            ? throw new DecodeException($"proto: illegal wireType {tag & 7}")
            : ((int)number, (ProtobufWireType)(tag & 7));
    }

    internal ulong ReadVarint()
    {
        ulong value = 0;
        for (var shift = 0; shift < 64; shift += 7)
        {
            if (_rest.IsEmpty)
            {
                throw UnexpectedEnd();
            }

            var b = _rest[0];
            _rest = _rest[1..];
            value |= (ulong)(b & 0x7f) << shift;
            if (b < 0x80)
            {
                return value;
            }
        }

        throw new DecodeException("proto: integer overflow");
    }

    internal ReadOnlySpan<byte> ReadBytes()
    {
        var length = ReadVarint();
        if (length > (ulong)_rest.Length)
        {
            throw UnexpectedEnd();
        }

        return Take((int)length);
    }

    internal double ReadDouble() => BitConverter.Int64BitsToDouble(System.Buffers.Binary.BinaryPrimitives.ReadInt64LittleEndian(Take(8)));

    internal void Skip(int number, ProtobufWireType type)
    {
        switch (type)
        {
            case ProtobufWireType.Varint: ReadVarint(); break;
            case ProtobufWireType.Fixed64: Take(8); break;
            case ProtobufWireType.Fixed32: Take(4); break;
            case ProtobufWireType.Bytes: ReadBytes(); break;
            default: SkipGroup(number, type); break;
        }
    }

    private void SkipGroup(int number, ProtobufWireType type)
    {
        if (type == ProtobufWireType.EndGroup)
        {
            throw new DecodeException("proto: unexpected end of group");
        }

        var open = new Stack<int>();
        open.Push(number);
        while (open.Count > 0)
        {
            var (n, t) = ReadTag();
            if (t == ProtobufWireType.StartGroup)
            {
                if (open.Count >= DecodeLimits.MaxDepth)
                {
                    throw TooDeep();
                }

                open.Push(n);
            }
            else if (t == ProtobufWireType.EndGroup)
            {
                if (open.Pop() != n)
                {
                    throw new DecodeException("proto: unexpected end of group");
                }
            }
            else
            {
                Skip(n, t);
            }
        }
    }

    private ReadOnlySpan<byte> Take(int count)
    {
        if (count > _rest.Length)
        {
            throw UnexpectedEnd();
        }

        var taken = _rest[..count];
        _rest = _rest[count..];
        return taken;
    }

    internal static DecodeException UnexpectedEnd() => new("unexpected EOF");

    internal static DecodeException TooDeep() => new("exceeded max depth");
}
