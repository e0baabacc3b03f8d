using Kube.ApiServer.Auth.Tokens;
using Kube.ApiServer.Registry;

namespace Kube.ApiServer.Security;

/// <summary>Finds the objects that tokens speak of: in the cache, or, for those it lacks, with a read that sees every write.</summary>
internal sealed class RegistryObjectUids(ResourceRegistry registry) : IObjectUids
{
    public async ValueTask<(string Uid, DateTimeOffset? DeletedAt)?> FindAsync(
        string resource, string ns, string name, CancellationToken cancellationToken)
    {
        var store = registry.Get("", "v1", resource);
        var found = store.FindCached(ns, name) ?? await store.FindAsync(ns, name, cancellationToken).ConfigureAwait(false);
        if (found is null)
        {
            return null;
        }

        var accessor = new ObjectAccessor(found);
        return (accessor.Uid, ObjectAccessor.ParseTime(accessor.DeletionTimestamp));
    }
}
