using System.Buffers.Binary;

namespace Kube.RaftStore.Raft.Configuration;

/// <summary>
/// The data of a <see cref="EntryType.ConfChange"/> entry: version, transition, count (16 bits); flags and base
/// (64 bits) from version 2 on; then a kind and a member id (64 bits) per step, all little-endian; what follows is a
/// command for the state machine.
/// </summary>
public static class ConfChangeCodec
{
    private const byte Version = 2;
    private const byte LearnersMustBeReady = 1;
    private const int OldHeaderBytes = 4;
    private const int HeaderBytes = OldHeaderBytes + 1 + 8;
    private const int StepBytes = 9;

    public static byte[] Encode(ConfChange change, ReadOnlySpan<byte> command = default)
    {
        var bytes = new byte[HeaderBytes + (StepBytes * change.Steps.Count) + command.Length];
        bytes[0] = Version;
        bytes[1] = (byte)change.Transition;
        BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(2), checked((ushort)change.Steps.Count));
        bytes[4] = change.LearnersMustBeReady ? LearnersMustBeReady : (byte)0;
        BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(5), change.Base);
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

    /// <summary>Reads what <see cref="Encode"/> wrote, now or in the version before.</summary>
    /// <exception cref="FormatException">The bytes are not that.</exception>
    public static ConfChange Decode(ReadOnlyMemory<byte> data, out ReadOnlyMemory<byte> command)
    {
        var bytes = data.Span;
        if (bytes.Length < OldHeaderBytes || bytes[0] is 0 or > Version || bytes[1] > (byte)ConfChangeTransition.JointExplicit)
        {
            throw new FormatException("not a membership change of a known version");
        }

        var isOld = bytes[0] < Version;
        var header = isOld ? OldHeaderBytes : HeaderBytes;
        var count = BinaryPrimitives.ReadUInt16LittleEndian(bytes[2..]);
        if (bytes.Length < header + (count * StepBytes))
        {
            throw new FormatException("membership change is cut short");
        }

        if (!isOld && bytes[4] > LearnersMustBeReady)
        {
            throw new FormatException($"unknown flags {bytes[4]} of membership change");
        }

        var steps = new ConfChangeStep[count];
        for (var i = 0; i < count; i++)
        {
            var at = bytes[(header + (i * StepBytes))..];
            if (at[0] > (byte)ConfChangeKind.AddLearner)
            {
                throw new FormatException($"unknown kind {at[0]} of membership change");
            }

            steps[i] = new ConfChangeStep((ConfChangeKind)at[0], BinaryPrimitives.ReadUInt64LittleEndian(at[1..]));
        }

        command = data[(header + (count * StepBytes))..];
        return new ConfChange((ConfChangeTransition)bytes[1], steps)
        {
            Base = isOld ? 0 : BinaryPrimitives.ReadUInt64LittleEndian(bytes[5..]),
            LearnersMustBeReady = !isOld && bytes[4] == LearnersMustBeReady,
        };
    }
}
