using System.Buffers;
using Etcd.V3;
using FsCheck;
using FsCheck.Fluent;
using Google.Protobuf;
using Kube.Base;
using Kube.RaftStore.Apply;
using Kube.RaftStore.Server.Kv;
using Kube.RaftStore.Tests.Apply;
using Kube.RaftStore.Tests.Raft;
using Kube.Store.V1;

namespace Kube.RaftStore.Tests.Server;

/// <summary>Answers that are written piece by piece, beside what generated code encodes.</summary>
public sealed class TxnPartsTests
{
    private const int Keys = 30;

    [Fact]
    public void Pieces_of_a_transaction_are_the_bytes_of_its_message()
    {
        var seeds = Gen.Choose(1, int.MaxValue).ArrayOf(6).ToShrinking();
        Prop.ForAll(seeds, numbers =>
        {
            var machine = ApplyTests.NewMachine();
            foreach (var number in numbers)
            {
                var random = new Prng((ulong)number);
                Fill(machine, random);
                var result = Apply(machine, new Command { Txn = NewTxn(random, depth: 0) });
                if (result is EtcdError or TxnResponse)
                {
                    continue;
                }
                var answer = (TxnAnswer)result!;
                // The state goes on before anybody looks.
                Fill(machine, random);
                var parts = new TxnParts(answer, machine.Store.Values);
                var written = Write(parts);
                Assert.Equal(answer.ToResponse(machine.Store.Values).ToByteArray(), written);
                Assert.Equal(written.Length, parts.LengthBytes);
            }
            return true;
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(300));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(127)]
    [InlineData(128)]
    [InlineData(16_384)]
    [InlineData(2_097_152)]
    public void Size_of_a_field_is_that_of_its_tag_length_and_content(int length)
    {
        var output = new ArrayBufferWriter<byte>();
        WireParts.WriteTagAndLength(output, 3, length);
        Assert.Equal(output.WrittenCount + length, WireParts.FieldSizeOf(length));
        Assert.Equal(1 + CodedOutputStream.ComputeLengthSize(length), output.WrittenCount);
    }

    private static byte[] Write(TxnParts parts)
    {
        var output = new ArrayBufferWriter<byte>();
        while (parts.TryWriteNext(output))
        {
        }
        return output.WrittenSpan.ToArray();
    }

    private static void Fill(StoreStateMachine machine, Prng random)
    {
        for (var i = random.Next(20); i > 0; i--)
        {
            Apply(machine, new Command { Put = Put(random) });
        }
        Apply(machine, new Command { DeleteRange = new DeleteRangeRequest { Key = Key(random) } });
    }

    private static TxnRequest NewTxn(Prng random, int depth)
    {
        var txn = new TxnRequest();
        if (random.Chance(0.5))
        {
            txn.Compare.Add(new Compare { Key = Key(random), Target = Compare.Types.CompareTarget.Version, Version = 0, Result = Compare.Types.CompareResult.Equal });
        }
        foreach (var branch in new[] { txn.Success, txn.Failure })
        {
            for (var i = random.Next(6); i > 0; i--)
            {
                branch.Add(random.Next(8) switch
                {
                    < 4 => new RequestOp { RequestRange = NewRange(random) },
                    4 => new RequestOp { RequestDeleteRange = new DeleteRangeRequest { Key = Key(random), RangeEnd = Key(random), PrevKv = true } },
                    5 when depth < 3 => new RequestOp { RequestTxn = NewTxn(random, depth + 1) },
                    _ => new RequestOp { RequestPut = Put(random) },
                });
            }
        }
        return txn;
    }

    private static RangeRequest NewRange(Prng random) => new()
    {
        Key = Key(random),
        RangeEnd = random.Chance(0.7) ? ByteString.CopyFromUtf8("l") : ByteString.Empty,
        Limit = random.Chance(0.3) ? random.Next(10) : 0,
        KeysOnly = random.Chance(0.2),
        CountOnly = random.Chance(0.2),
        SortOrder = (RangeRequest.Types.SortOrder)random.Next(3),
        SortTarget = (RangeRequest.Types.SortTarget)random.Next(5),
        MinModRevision = random.Chance(0.1) ? 5 : 0,
    };

    private static PutRequest Put(Prng random)
        => new() { Key = Key(random), Value = ByteString.CopyFrom(new byte[random.Next(random.Chance(0.1) ? 40_000 : 200)]), PrevKv = true };

    private static ByteString Key(Prng random) => ByteString.CopyFromUtf8($"k{random.Next(Keys):D2}");

    private static object? Apply(StoreStateMachine machine, Command command)
        => machine.Apply(machine.AppliedIndex + 1, 1, command.ToByteArray());
}
