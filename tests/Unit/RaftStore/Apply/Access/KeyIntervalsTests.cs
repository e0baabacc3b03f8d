using Kube.Base;
using Kube.RaftStore.Apply.Access;
using Kube.RaftStore.Mvcc;

namespace Kube.RaftStore.Tests.Apply.Access;

/// <summary>The set of permitted keys against an obvious twin: keys on and right behind every boundary, asked one by one.</summary>
public class KeyIntervalsTests
{
    private static readonly byte[][] s_keys =
    [
        .. Enumerable.Range('a', 6).Select(static c => new[] { (byte)c }),
        .. Enumerable.Range('a', 6).Select(static c => new byte[] { (byte)c, 0 }),
        .. Enumerable.Range('a', 6).SelectMany(static c => Enumerable.Range('a', 6).Select(d => new[] { (byte)c, (byte)d })),
    ];

    /// <summary>With their successors, in which every gap between boundaries shows.</summary>
    private static readonly byte[][] s_probes = [.. s_keys.SelectMany(static key => new byte[][] { key, [.. key, 0], [.. key, 0, 0] })];

    [Fact]
    public void A_range_is_in_the_set_exactly_when_each_of_its_keys_is()
    {
        var random = new Prng(5);
        for (var run = 0; run < 3000; run++)
        {
            var ranges = Enumerable.Range(0, random.Next(5)).Select(_ => Range(random)).ToList();
            var set = new KeyIntervals(ranges);
            for (var probe = 0; probe < 20; probe++)
            {
                var asked = Range(random);
                if (asked.IsEmpty)
                {
                    continue;
                }
                // Past all keys that a bounded range can hold: stands for the rest of an unbounded one.
                byte[] beyond = [255, 255];
                var keys = s_probes.Append(beyond).Where(key => asked.Contains(key)).ToList();
                var expected = keys.All(key => ranges.Any(range => range.Contains(key)));
                Assert.True(set.Contains(asked) == expected, $"run {run}: {Text(asked)} in {string.Join(' ', ranges.Select(Text))}");
            }
        }
    }

    private static KeyRange Range(Prng random)
    {
        // Ends are taken from the keys, so that ranges touch; "a\0" is there because that is where a single key ends.
        var start = s_keys[random.Next(s_keys.Length)];
        return random.Next(4) switch
        {
            0 => new KeyRange(start, default),
            1 => new KeyRange(start, new byte[] { 0 }),
            _ => new KeyRange(start, s_keys[random.Next(s_keys.Length)]),
        };
    }

    private static string Text(KeyRange range) => range.IsSingle ? Convert.ToHexString(range.Start)
        : $"[{Convert.ToHexString(range.Start)},{(range.IsUnbounded ? "" : Convert.ToHexString(range.End))})";
}
