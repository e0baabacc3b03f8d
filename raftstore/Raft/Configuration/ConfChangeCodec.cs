using System.Buffers.Binary;

namespace Kube.RaftStore.Raft.Configuration;

/// <summary>
/// The data of a <see cref="EntryType.ConfChange"/> entry: version, transition, count (16 bits), then a kind and
/// a member id (64 bits) per step, all little-endian; what follows is a command for the state machine.
/// </summary>
public static class ConfChangeCodec
{
    private const byte Version = 1;
    private const int HeaderBytes = 4;
    private const int StepBytes = 9;

    public static byte[] Encode(ConfChange change, ReadOnlySpan<byte> command = default)
    {
        var bytes = new byte[HeaderBytes + (StepBytes * change.Steps.Count) + command.Length];
        bytes[0] = Version;
        bytes[1] = (byte)change.Transition;
        BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(2), checked((ushort)change.Steps.Count));
        var at = HeaderBytes;
        foreach (var step in change.Steps)
        {
            bytes[at] = (byte)step.Kind;
            BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(at + 1), step.MemberId);
            at += StepBytes;
        }

        command.CopyTo(bytes.AsSpan(at));
        return bytes;
    }

    /// <summary>Reads what <see cref="Encode"/> wrote.</summary>
    /// <exception cref="FormatException">The bytes are not that.</exception>
    public static ConfChange Decode(ReadOnlyMemory<byte> data, out ReadOnlyMemory<byte> command)
    {
        var bytes = data.Span;
        if (bytes.Length < HeaderBytes || bytes[0] != Version || bytes[1] > (byte)ConfChangeTransition.JointExplicit)
        {
            throw new FormatException("not a membership change of a known version");
        }

        var count = BinaryPrimitives.ReadUInt16LittleEndian(bytes[2..]);
        if (bytes.Length < HeaderBytes + (count * StepBytes))
        {
            throw new FormatException("membership change is cut short");
        }

        var steps = new ConfChangeStep[count];
        for (var i = 0; i < count; i++)
        {
            var at = bytes[(HeaderBytes + (i * StepBytes))..];
            if (at[0] > (byte)ConfChangeKind.AddLearner)
            {
                throw new FormatException($"unknown kind {at[0]} of membership change");
            }

            steps[i] = new ConfChangeStep((ConfChangeKind)at[0], BinaryPrimitives.ReadUInt64LittleEndian(at[1..]));
        }

        command = data[(HeaderBytes + (count * StepBytes))..];
        return new ConfChange((ConfChangeTransition)bytes[1], steps);
    }
}
