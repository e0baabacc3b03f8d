using FsCheck;
using FsCheck.Fluent;
using Kube.Base;
using Kube.RaftStore.Mvcc;
using Kube.RaftStore.Tests.Raft;

namespace Kube.RaftStore.Tests.Mvcc;

/// <summary>The history beside a plain list.</summary>
public sealed class RevisionLogTests
{
    private const int ChunkSize = 1024;

    /// <summary>However many chunks are packed at a time: the same versions in the same order, in chunks that are not much smaller than they may be.</summary>
    [Fact]
    public void Packing_a_few_chunks_at_a_time_loses_nothing()
    {
        var steps = Gen.Choose(0, int.MaxValue).ArrayOf(12).ToShrinking();
        Prop.ForAll(steps, numbers =>
        {
            var log = new RevisionLog();
            var twin = new List<KeyVersion>();
            var main = 0L;
            foreach (var number in numbers)
            {
                var random = new Prng((ulong)number);
                for (var i = random.Next(3 * ChunkSize); i > 0; i--)
                {
                    var version = new KeyVersion([1], ++main, 0, main, 1, 0, default, null);
                    log.Append(version);
                    twin.Add(version);
                }
                var (of, kept) = (1 + random.Next(64), 1 + random.Next(4));
                twin.RemoveAll(version =>
                {
                    var goes = random.Next(of) >= kept;
                    if (goes)
                    {
                        log.Drop(version);
                    }
                    return goes;
                });
                var chunks = 2 + random.Next(5);
                for (var at = 0; at >= 0;)
                {
                    at = log.Pack(at, chunks);
                }
                if (!log.Walk(0, main).SequenceEqual(twin) || log.ChunkCount > (twin.Count / (ChunkSize / 16)) + 3)
                {
                    return false;
                }
            }
            return true;
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(30));
    }
}
