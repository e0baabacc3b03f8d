using Etcd.V3;
using Kube.Robustness.Checking;

namespace Kube.Robustness.Chaos.Workload;

/// <summary>Compacts now and then, behind what the run's complete watch has seen.</summary>
internal sealed class Compactor(Session session, Watcher complete) : IClient
{
    /// <summary>Revisions kept: enough for readers and watchers that are a little behind.</summary>
    private const int Kept = 300;

    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(3);

    public async Task RunAsync(CancellationToken ct)
    {
        long last = 0;
        while (!ct.IsCancellationRequested)
        {
            await session.PauseAsync(Interval.TotalMilliseconds, ct);
            var revision = complete.Position - Kept;
            if (revision > last + 50)
            {
                last = revision;
                await session.DoAsync(
                    WorkKind.Lease,
                    new CompactOp(revision),
                    async options => new CompactResult(
                        (await new KV.KVClient(session.Channel).CompactAsync(new CompactionRequest { Revision = revision }, options)).Header.Revision),
                    ct);
            }
        }
    }

    public void Dispose() => session.Dispose();
}
