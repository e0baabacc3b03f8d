using Kube.Hosting;
using Kube.RaftStore.Transport;
using Kube.RaftStore.Transport.Memory;
using Microsoft.Extensions.Logging;

namespace Kube.RaftStore.Host;

public sealed partial class StoreHost
{
    private static IRaftTransport OpenTransport(StoreOptions options, ClusterIdentity identity, ILoggerFactory logs, TimeProvider time)
    {
        _ = (options, logs, time);
        // A member alone has nobody to send to.
        return identity.Members.Count == 1
            ? new InMemoryNetwork().Join(identity.MemberId)
            : throw new StartupException("a store of more than one member is not supported yet");
    }
}
