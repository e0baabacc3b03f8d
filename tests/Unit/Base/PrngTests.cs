using FsCheck;
using FsCheck.Fluent;

namespace Kube.Base.Tests;

public class PrngTests
{
    [Fact]
    public void The_same_seed_gives_the_same_numbers()
    {
        var left = new Prng(42);
        var right = new Prng(42);
        Assert.All(Enumerable.Range(0, 1000), _ => Assert.Equal(left.NextUInt64(), right.NextUInt64()));
        Assert.NotEqual(new Prng(42).NextUInt64(), new Prng(43).NextUInt64());
    }

    /// <summary>xoshiro256** itself, from its published definition, seeded through splitmix64.</summary>
    [Fact]
    public void The_numbers_are_xoshiros() => Prop.ForAll(ArbMap.Default.ArbFor<ulong>(), seed =>
    {
        var state = new ulong[4];
        var s = seed;
        for (var i = 0; i < 4; i++)
        {
            s += 0x9E3779B97F4A7C15;
            var z = s;
            z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
            z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
            state[i] = z ^ (z >> 31);
        }

        var prng = new Prng(seed);
        for (var i = 0; i < 10; i++)
        {
            static ulong Rotate(ulong x, int k) => (x << k) | (x >> (64 - k));
            var expected = Rotate(state[1] * 5, 7) * 9;
            var t = state[1] << 17;
            state[2] ^= state[0];
            state[3] ^= state[1];
            state[1] ^= state[2];
            state[0] ^= state[3];
            state[2] ^= t;
            state[3] = Rotate(state[3], 45);
            if (prng.NextUInt64() != expected)
            {
                return false;
            }
        }

        return true;
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Bounded_numbers_stay_in_bounds_and_reach_them()
    {
        var prng = new Prng(1);
        var seen = Enumerable.Range(0, 1000).Select(_ => prng.Next(3, 7)).ToHashSet();
        Assert.Equal([3, 4, 5, 6], seen.Order());
        Assert.All(Enumerable.Range(0, 1000), _ => Assert.InRange(prng.NextDouble(), 0, 0.9999999999999999));
        Assert.Throws<ArgumentOutOfRangeException>(() => prng.Next(0));
    }

    [Fact]
    public void A_fork_goes_its_own_way()
    {
        var parent = new Prng(1);
        var child = parent.Fork();
        Assert.NotEqual(parent.NextUInt64(), child.NextUInt64());
    }
}
