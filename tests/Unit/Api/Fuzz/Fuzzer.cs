using System.Text;
using FsCheck;
using FsCheck.Fluent;

namespace Kube.Api.Tests.Fuzz;

/// <summary>A reader of what strangers send.</summary>
/// <param name="Sound">Inputs that it takes.</param>
/// <param name="TryRead">
/// Reads; false for what it refuses in the one way that it may. Any exception that comes out is a fault, a failed
/// assertion about what was read among them.
/// </param>
/// <param name="Words">What its format is made of, to be strewn in.</param>
internal sealed record FuzzTarget(IReadOnlyList<byte[]> Sound, Func<byte[], bool> TryRead, params string[] Words);

/// <summary>One damage to an input; numbers are taken modulo what there is.</summary>
internal readonly record struct Damage(int Kind, int At, int Value)
{
    public override string ToString() => $"({Kind},{At},{Value})";
}

/// <summary>
/// Feeds readers with damaged inputs. The same seed gives the same inputs; a failing one is made smaller by FsCheck
/// and told with its bytes.
/// </summary>
internal static class Fuzzer
{
    private const int MaxInputBytes = 256 * 1024;

    /// <summary>More than any reader may allocate for an input of <see cref="MaxInputBytes"/>.</summary>
    private const long MaxAllocatedBytes = 1L << 30;

    /// <summary>Runs a target; answers how many inputs it refused and how many it took.</summary>
    public static (int Refused, int Taken) Run(FuzzTarget target, int rounds, ulong seed)
    {
        var (refused, taken) = (0, 0);
        var property = Prop.ForAll(Damages(), damages =>
        {
            var input = Apply(target, damages);
            var before = GC.GetAllocatedBytesForCurrentThread();
            try
            {
                _ = target.TryRead(input) ? taken++ : refused++;
            }
            catch (Exception e)
            {
                throw new InvalidOperationException($"{Show(input)}: {e.GetType().Name}: {e.Message}", e);
            }

            var allocated = GC.GetAllocatedBytesForCurrentThread() - before;
            return allocated <= MaxAllocatedBytes ? true : throw new InvalidOperationException($"{Show(input)}: {allocated} bytes allocated");
        });
        property.Check(Config.QuickThrowOnFailure.WithMaxTest(rounds).WithReplay(seed, 1));
        return (refused, taken);
    }

    private static Arbitrary<Damage[]> Damages()
    {
        var damage = from kind in Gen.Choose(0, 9)
                     from at in Gen.Choose(0, int.MaxValue - 1)
                     from value in Gen.Choose(0, int.MaxValue - 1)
                     select new Damage(kind, at, value);
        var damages = Gen.Choose(1, 6).SelectMany(count => damage.ArrayOf(count));

        // The first one chooses the input and stays.
        return Arb.From(damages, found => Enumerable.Range(1, found.Length - 1).Select(i => found.Where((_, j) => j != i).ToArray()));
    }

    private static byte[] Apply(FuzzTarget target, Damage[] damages)
    {
        var sound = target.Sound;
        var bytes = sound[damages[0].Value % sound.Count].ToList();
        foreach (var damage in damages)
        {
            Apply(target, damage, bytes);
            if (bytes.Count > MaxInputBytes)
            {
                bytes.RemoveRange(MaxInputBytes, bytes.Count - MaxInputBytes);
            }
        }

        return [.. bytes];
    }

    private static void Apply(FuzzTarget target, Damage damage, List<byte> bytes)
    {
        var at = damage.At % (bytes.Count + 1);
        var length = Math.Min(bytes.Count - at, damage.Value % 32);
        switch (damage.Kind)
        {
            case 0 when at < bytes.Count:
                bytes[at] ^= (byte)(1 << (damage.Value % 8));
                break;
            case 1 when at < bytes.Count:
                bytes[at] = (byte)damage.Value;
                break;
            case 2:
                bytes.RemoveRange(at, length);
                break;
            case 3:
                bytes.RemoveRange(at, bytes.Count - at);
                break;
            case 4:
                bytes.InsertRange(at, bytes.GetRange(at, length));
                break;
            case 5:
                var slice = bytes.GetRange(at, Math.Min(length, 8));
                for (var times = damage.Value % 400; times > 0; times--)
                {
                    bytes.InsertRange(at, slice);
                }

                break;
            case 6:
                var other = target.Sound[damage.Value % target.Sound.Count];
                var from = damage.At % other.Length;
                bytes.InsertRange(at, other.AsSpan(from, Math.Min(other.Length - from, 64)).ToArray());
                break;
            default:
                if (target.Words.Length > 0)
                {
                    bytes.InsertRange(at, Encoding.UTF8.GetBytes(target.Words[damage.Value % target.Words.Length]));
                }

                break;
        }
    }

    private static string Show(byte[] input) =>
        Encoding.UTF8.GetString(input) is var text && text.Length < 4000 ? $"{text}\n{Convert.ToBase64String(input)}" : Convert.ToBase64String(input);
}
