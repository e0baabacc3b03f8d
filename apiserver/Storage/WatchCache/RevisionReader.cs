using Kube.Base;

namespace Kube.ApiServer.Storage.WatchCache;

/// <summary>Reads the store's revision for many callers at once. Thread-safe.</summary>
internal sealed class RevisionReader(IObjectStorage storage)
{
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(30);

    private readonly SharedCall<long> _reads = new(() => ReadAsync(storage));

    /// <summary>A revision at least that of every write acknowledged before the call.</summary>
    public Task<long> ReadAsync(CancellationToken cancellationToken) => _reads.AskAsync().WaitAsync(cancellationToken);

    private static async Task<long> ReadAsync(IObjectStorage storage)
    {
        using var bound = new CancellationTokenSource(Bound);
        return await storage.CurrentRevisionAsync(bound.Token).ConfigureAwait(false);
    }
}
