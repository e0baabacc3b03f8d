using Google.Protobuf;
using Kube.Base;
using Kube.Raft.V1;
using Kube.RaftStore.Raft;
using Kube.RaftStore.Raft.Configuration;
using Kube.RaftStore.Storage;
using Kube.RaftStore.Storage.Records;
using PeerFormat = Kube.RaftStore.Transport.Grpc.WireFormat;
using DiskSnapshotHead = Kube.RaftStore.Storage.Snapshots.SnapshotHead;

namespace Kube.RaftStore.Tests.Storage;

/// <summary>
/// Every decoder of what comes from a disk or a peer, fed with bytes that somebody damaged: it gives an answer or the one error
/// that it may, and nothing else. What it takes, it can write again.
/// </summary>
public class DecoderFuzzTests
{
    private const int Rounds = 30_000;

    public static TheoryData<string> Targets => [.. s_targets.Keys];

    private static readonly Dictionary<string, Target> s_targets = new()
    {
        ["log record"] = new Target(SoundRecord(), ReadRecord),
        ["membership change"] = new Target(SoundChange(), ReadChange),
        ["raft message"] = new Target(SoundMessage(), ReadMessage),
        ["snapshot head"] = new Target(DiskSnapshotHead.Encode(Snapshot, hasState: true), ReadSnapshotHead),
    };

    private static SnapshotMetadata Snapshot => new(70, 7, new ConfState([1, 2, 3], [4], [2, 3, 5], [5], true));

    [Theory]
    [MemberData(nameof(Targets))]
    public void Damaged_bytes_are_refused_in_an_orderly_way(string name)
    {
        var (refused, _) = Fuzz(s_targets[name], seed: 1);
        Assert.True(refused > Rounds / 100, $"{refused} of {Rounds} refused: the bytes were hardly damaged");
    }

    [Theory]
    [MemberData(nameof(Targets))]
    public void Sound_bytes_are_taken(string name) => Assert.True(s_targets[name].TryRead(s_targets[name].Sound));

    /// <summary>The harness finds a decoder that trusts a length.</summary>
    [Fact]
    public void Careless_decoder_is_found()
    {
        static bool Careless(byte[] bytes)
        {
            var length = bytes[0];
            _ = bytes.AsSpan(1, length).ToArray();
            return true;
        }

        Assert.ThrowsAny<Exception>(() => Fuzz(new Target([3, 1, 2, 3], Careless), seed: 1));
    }

    /// <exception cref="InvalidOperationException">The decoder failed in another way than it may; the message has the bytes.</exception>
    private static (int Refused, int Taken) Fuzz(Target target, ulong seed)
    {
        var prng = new Prng(seed);
        var (refused, taken) = (0, 0);
        for (var round = 0; round < Rounds; round++)
        {
            var bytes = Damage(target.Sound, prng);
            try
            {
                _ = target.TryRead(bytes) ? taken++ : refused++;
            }
            catch (Exception e)
            {
                throw new InvalidOperationException($"round {round}, {Convert.ToHexString(bytes)}: {e.GetType().Name}: {e.Message}", e);
            }
        }
        return (refused, taken);
    }

    private static byte[] Damage(byte[] sound, Prng prng)
    {
        if (prng.Chance(0.1))
        {
            var noise = new byte[prng.Next(2 * sound.Length)];
            for (var i = 0; i < noise.Length; i++)
            {
                noise[i] = (byte)prng.Next(256);
            }
            return noise;
        }
        var bytes = sound.ToList();
        for (var faults = 1 + prng.Next(4); faults > 0 && bytes.Count > 0; faults--)
        {
            var at = prng.Next(bytes.Count);
            switch (prng.Next(5))
            {
                case 0:
                    bytes[at] ^= (byte)(1 << prng.Next(8));
                    break;
                case 1:
                    bytes[at] = (byte)(prng.Chance(0.5) ? 0xFF : prng.Next(256));
                    break;
                case 2:
                    bytes.RemoveRange(at, prng.Next(bytes.Count - at + 1));
                    break;
                case 3:
                    bytes.InsertRange(at, bytes.GetRange(at, Math.Min(8, bytes.Count - at)));
                    break;
                default:
                    bytes.RemoveAt(at);
                    break;
            }
        }
        return [.. bytes];
    }

    private static bool ReadRecord(byte[] bytes)
    {
        if (!LogRecord.TryRead(bytes, 4096, out var head, out var problem))
        {
            Assert.NotEmpty(problem);
            return false;
        }
        var again = (byte[])bytes.Clone();
        head.Write(again, 4096);
        Assert.Equal(bytes.AsSpan(4, 16), again.AsSpan(4, 16));
        return true;
    }

    private static bool ReadChange(byte[] bytes)
    {
        try
        {
            var change = ConfChangeCodec.Decode(bytes, out var command);
            var again = ConfChangeCodec.Decode(ConfChangeCodec.Encode(change, command.Span), out _);
            Assert.Equal(change.Steps, again.Steps);
            return true;
        }
        catch (FormatException)
        {
            return false;
        }
    }

    private static bool ReadMessage(byte[] bytes)
    {
        try
        {
            var message = PeerFormat.FromWire(RaftMessage.Parser.ParseFrom(bytes));
            Assert.Equal(message.SizeBytes, PeerFormat.FromWire(PeerFormat.ToWire(message)).SizeBytes);
            return true;
        }
        catch (Exception e) when (e is FormatException or InvalidProtocolBufferException)
        {
            return false;
        }
    }

    private static bool ReadSnapshotHead(byte[] bytes)
    {
        try
        {
            var (snapshot, _) = DiskSnapshotHead.Read(new MemoryStream(bytes), "fuzzed");
            Assert.Equal(Snapshot, snapshot);
            return true;
        }
        catch (StorageCorruptException)
        {
            return false;
        }
    }

    private static byte[] SoundRecord()
    {
        var bytes = new byte[LogRecord.HeadBytes + 40];
        new LogRecord(RecordType.Entry, 0, bytes.Length, 100, 200, 7, 70, 69, 3, 99).Write(bytes, 4096);
        return bytes;
    }

    private static byte[] SoundChange() => ConfChangeCodec.Encode(
        new ConfChange(ConfChangeTransition.JointImplicit, [new(ConfChangeKind.AddVoter, 4), new(ConfChangeKind.Remove, 2), new(ConfChangeKind.AddLearner, 9)])
        {
            Base = 12345,
            LearnersMustBeReady = true,
        },
        "command"u8);

    private static byte[] SoundMessage() => PeerFormat.ToWire(new Message
    {
        Type = MessageType.Append,
        From = 1,
        To = 2,
        Term = 7,
        LogTerm = 6,
        Index = 69,
        Commit = 60,
        Entries = [new Entry(7, 70, EntryType.Normal, new ProposalId(1, 5), new byte[20]), new Entry(7, 71, EntryType.ConfChange, default, SoundChange())],
        Snapshot = Snapshot,
    }).ToByteArray();

    private sealed record Target(byte[] Sound, Func<byte[], bool> TryRead);
}
