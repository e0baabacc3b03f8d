using System.Security.Cryptography;
using Etcd.V3;
using Google.Protobuf;
using Grpc.Core;
using Kube.RaftStore.Apply.Exchange;

namespace Kube.RaftStore.Server.Upkeep;

public sealed partial class MaintenanceService
{
    /// <summary>
    /// Sends the database that an etcd with this history would hold, and its SHA-256 behind it. Writes go on
    /// meanwhile; what is sent is the state at the beginning.
    /// </summary>
    public override async Task Snapshot(SnapshotRequest request, IServerStreamWriter<SnapshotResponse> responseStream, ServerCallContext context)
    {
        await server.Access.RequireAdminAsync(context);
        using var snapshot = new EtcdSnapshotWriter(server.Machine, server.Log.Status.Term, context.CancellationToken);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var left = snapshot.SizeBytes;
        foreach (var chunk in snapshot.Chunks(context.CancellationToken))
        {
            left -= chunk.Length;
            hash.AppendData(chunk.Span);
            await responseStream.WriteAsync(
                new SnapshotResponse { RemainingBytes = (ulong)left, Blob = UnsafeByteOperations.UnsafeWrap(chunk) }, context.CancellationToken);
        }
        await responseStream.WriteAsync(
            new SnapshotResponse { RemainingBytes = 0, Blob = UnsafeByteOperations.UnsafeWrap(hash.GetHashAndReset()) }, context.CancellationToken);
    }
}
