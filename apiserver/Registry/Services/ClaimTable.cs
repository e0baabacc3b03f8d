using System.Text;
using Kube.ApiServer.Storage;
using Kube.ApiServer.Storage.WatchCache;

namespace Kube.ApiServer.Registry.Services;

/// <summary>
/// Claims on the members of a pool, such as addresses or ports: one key of the store each, so that of several API
/// servers exactly one gets a member. The value names the claimant. Thread-safe.
/// </summary>
internal sealed class ClaimTable(IObjectStorage storage, string pool)
{
    private readonly string _prefix = StoreFeed.Root + "ranges/" + pool + "/";

    /// <summary>True when the member was free and is now the claimant's.</summary>
    public async Task<bool> TryClaimAsync(string member, string claimant, CancellationToken cancellationToken)
    {
        var outcome = await storage.CreateAsync(_prefix + member, Encoding.UTF8.GetBytes(claimant), null, cancellationToken).ConfigureAwait(false);
        return outcome.Succeeded;
    }

    public async Task<bool> IsFreeAsync(string member, CancellationToken cancellationToken)
    {
        var read = await storage.GetAsync(_prefix + member, cancellationToken).ConfigureAwait(false);
        return read.Object is null;
    }

    /// <summary>Frees a member; nothing happens when it is free.</summary>
    public async Task ReleaseAsync(string member, CancellationToken cancellationToken)
    {
        var key = _prefix + member;
        var read = await storage.GetAsync(key, cancellationToken).ConfigureAwait(false);
        while (read.Object is { } claim)
        {
            var outcome = await storage.DeleteAsync(key, claim.ModRevision, cancellationToken).ConfigureAwait(false);
            if (outcome.Succeeded)
            {
                return;
            }

            read = new StorageRead(outcome.Current, outcome.Revision);
        }
    }
}
