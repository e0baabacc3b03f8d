using Etcd.V3;
using Google.Protobuf.Collections;
using Kube.RaftStore.Mvcc;

namespace Kube.RaftStore.Apply;

/// <summary>The compares of a transaction.</summary>
internal static class TxnCompare
{
    public static bool AllHold(RepeatedField<Compare> compares, ITxnReader reader, IValueStore values)
    {
        foreach (var compare in compares)
        {
            if (!Holds(compare, reader, values))
            {
                return false;
            }
        }
        return true;
    }

    private static bool Holds(Compare compare, ITxnReader reader, IValueStore values)
    {
        var found = reader.Range(new RangeQuery(RangeMapping.ToRange(compare.Key, compare.RangeEnd)));
        if (found.Versions.Count == 0)
        {
            // A value has no way to say "absent", so comparing one with nothing never holds.
            return compare.Target != Compare.Types.CompareTarget.Value && Holds(compare, version: null, values);
        }
        foreach (var version in found.Versions)
        {
            if (!Holds(compare, version, values))
            {
                return false;
            }
        }
        return true;
    }

    private static bool Holds(Compare compare, KeyVersion? version, IValueStore values)
    {
        var order = compare.Target switch
        {
            Compare.Types.CompareTarget.Value => values.Read(version!.Value).Span.SequenceCompareTo(compare.Value.Span),
            Compare.Types.CompareTarget.Version => (version?.Version ?? 0).CompareTo(compare.Version),
            Compare.Types.CompareTarget.Create => (version?.CreateRevision ?? 0).CompareTo(compare.CreateRevision),
            Compare.Types.CompareTarget.Mod => (version?.ModRevision ?? 0).CompareTo(compare.ModRevision),
            Compare.Types.CompareTarget.Lease => (version?.Lease ?? 0).CompareTo(compare.Lease),
            _ => 0,
        };
        return compare.Result switch
        {
            Compare.Types.CompareResult.Equal => order == 0,
            Compare.Types.CompareResult.NotEqual => order != 0,
            Compare.Types.CompareResult.Greater => order > 0,
            Compare.Types.CompareResult.Less => order < 0,
            _ => true,
        };
    }
}
