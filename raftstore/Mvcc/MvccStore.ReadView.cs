namespace Kube.RaftStore.Mvcc;

public sealed partial class MvccStore
{
    /// <summary>Begins several reads of one state.</summary>
    public ReadView BeginRead() => new(this, Current);

    /// <summary>
    /// Several reads of one state of the store. Blocks nobody. Not thread-safe. When done, ask <see cref="IsTorn"/>.
    /// </summary>
    public sealed class ReadView
    {
        private readonly MvccStore _store;
        private readonly View _view;
        private long _lowest;

        internal ReadView(MvccStore store, View view)
        {
            _store = store;
            _view = view;
            _lowest = view.Revision;
        }

        /// <summary>The newest revision of the state that is read.</summary>
        public long Revision => _view.Revision;

        /// <summary>
        /// True when compaction has passed one of the revisions read meanwhile, so that what was read may have holes
        /// and must be read anew from a new view.
        /// </summary>
        public bool IsTorn => _store.CompactRevision > _lowest;

        public RangeResult Range(in RangeQuery query)
        {
            var result = _store.Range(_view, query, _view.Revision, out var readAt);
            if (result.Status == RevisionStatus.Ok)
            {
                _lowest = Math.Min(_lowest, readAt);
            }
            return result;
        }

        /// <summary>How much a range is. Reads no value unless it is sorted by them.</summary>
        /// <param name="query">The range.</param>
        /// <param name="sizeOf">What a version counts for.</param>
        public RangeExtent Measure(in RangeQuery query, Func<KeyVersion, long> sizeOf) => _store.Measure(_view, query, sizeOf);
    }
}
