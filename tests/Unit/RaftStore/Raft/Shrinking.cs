using FsCheck;
using FsCheck.Fluent;

namespace Kube.RaftStore.Tests.Raft;

/// <summary>Arbitraries that make a failing case smaller: what is made from a generator alone stays as it was drawn.</summary>
internal static class Shrinking
{
    /// <summary>Sequences of any length: shorter ones first, then ones whose elements are simpler.</summary>
    public static Arbitrary<T[]> ToShrinking<T>(this Gen<T[]> generator, Func<T, IEnumerable<T>>? simpler = null) =>
        Arb.From(generator, items => Shorter(items).Concat(Simpler(items, simpler)));

    /// <summary>Sequences whose length is part of what they mean: only elements become simpler.</summary>
    public static Arbitrary<T[]> ToShrinkingElements<T>(this Gen<T[]> generator, Func<T, IEnumerable<T>> simpler) =>
        Arb.From(generator, items => Simpler(items, simpler));

    /// <summary>Numbers that become smaller, down to <paramref name="least"/>.</summary>
    public static Arbitrary<int> ToShrinking(this Gen<int> generator, int least = 0) => Arb.From(generator, n => Smaller(n, least));

    /// <summary>Smaller numbers, the least first.</summary>
    public static IEnumerable<int> Smaller(int n) => Smaller(n, 0);

    public static IEnumerable<int> Smaller(int n, int least)
    {
        for (var step = n - least; step > 0; step /= 2)
        {
            yield return n - step;
        }
    }

    private static IEnumerable<T[]> Shorter<T>(T[] items)
    {
        for (var cut = (items.Length + 1) / 2; cut > 0; cut /= 2)
        {
            for (var at = 0; at < items.Length; at += cut)
            {
                yield return [.. items[..at], .. items[Math.Min(at + cut, items.Length)..]];
            }
        }
    }

    private static IEnumerable<T[]> Simpler<T>(T[] items, Func<T, IEnumerable<T>>? simpler)
    {
        if (simpler is null)
        {
            yield break;
        }

        for (var i = 0; i < items.Length; i++)
        {
            foreach (var item in simpler(items[i]))
            {
                var changed = (T[])items.Clone();
                changed[i] = item;
                yield return changed;
            }
        }
    }
}

public class ShrinkingTests
{
    [Fact]
    public void A_failing_sequence_shrinks_to_what_makes_it_fail()
    {
        // Wrong when a number above 9 comes somewhere before a 3.
        static bool Fails(int[] items) => items.Select((n, i) => n > 9 && items[i..].Contains(3)).Any(wrong => wrong);
        int[] failing = [4, 40, 1, 2, 99, 0, 3, 3, 8, 7];
        var arbitrary = Gen.Constant(failing).ToShrinking(Shrinking.Smaller);
        while (arbitrary.Shrinker(failing).FirstOrDefault(Fails) is { } smaller)
        {
            failing = smaller;
        }

        Assert.Equal([10, 3], failing);
    }
}
