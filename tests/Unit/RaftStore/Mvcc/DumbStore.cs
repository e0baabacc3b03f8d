using System.Text;
using Kube.RaftStore.Mvcc;

namespace Kube.RaftStore.Tests.Mvcc;

/// <summary>The obvious slow version of the store: the list of everything that was ever written.</summary>
internal sealed class DumbStore
{
    private readonly List<Row> _rows = [];

    public long Revision { get; private set; } = 1;

    public long CompactRevision { get; private set; } = -1;

    public sealed record Row(string Key, long Main, int Sub, long Create, long Version, long Lease, string Value);

    public void Write(IEnumerable<(string Key, string? End, string? Value, long Lease)> changes)
    {
        var main = Revision + 1;
        var sub = 0;
        foreach (var (key, end, value, lease) in changes)
        {
            if (value is not null)
            {
                var old = At(key, main);
                _rows.Add(new Row(key, main, sub++, old is null ? main : old.Create, (old?.Version ?? 0) + 1, lease, value));
                continue;
            }
            foreach (var row in Live(key, end, main))
            {
                _rows.Add(new Row(row.Key, main, sub++, 0, 0, 0, ""));
            }
        }
        Revision = sub > 0 ? main : Revision;
    }

    public CompactionStatus Compact(long revision)
    {
        if (revision <= CompactRevision)
        {
            return CompactionStatus.AlreadyCompacted;
        }
        if (revision > Revision)
        {
            return CompactionStatus.Future;
        }
        CompactRevision = revision;
        return CompactionStatus.Accepted;
    }

    public RevisionStatus StatusOf(long revision)
        => revision > Revision ? RevisionStatus.Future
            : revision > 0 && revision < CompactRevision ? RevisionStatus.Compacted : RevisionStatus.Ok;

    public List<Row> Live(string key, string? end, long revision)
        => _rows.Select(static row => row.Key).Distinct()
            .Where(k => end is null ? k == key : string.CompareOrdinal(k, key) >= 0 && (end == "\0" || string.CompareOrdinal(k, end) < 0))
            .Select(k => At(k, revision)).OfType<Row>()
            .OrderBy(static row => row.Key, StringComparer.Ordinal).ToList();

    public List<Row> ChangesFrom(long revision) => _rows.Where(row => row.Main >= revision).ToList();

    private Row? At(string key, long revision)
        => _rows.LastOrDefault(row => row.Key == key && row.Main <= revision) is { Version: > 0 } row ? row : null;

    public static Row RowOf(KeyVersion version, IValueStore values) => new(
        Encoding.UTF8.GetString(version.Key),
        version.ModRevision,
        version.Sub,
        version.CreateRevision,
        version.Version,
        version.Lease,
        version.IsTombstone ? "" : Encoding.UTF8.GetString(values.Read(version.Value).Span));
}
