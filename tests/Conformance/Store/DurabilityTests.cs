using System.Collections.Concurrent;
using Etcd.V3;
using Google.Protobuf;
using Grpc.Core;
using Grpc.Net.Client;
using Kube.Testing;

namespace Kube.Conformance.Tests.Store;

/// <summary>What was acknowledged stays, whoever is killed.</summary>
public sealed class DurabilityTests : IAsyncLifetime
{
    private const int Writers = 16;

    private readonly StoreProcesses _store = new();
    private readonly ConcurrentDictionary<string, (long Revision, string Value)> _acknowledged = new();

    public Task InitializeAsync() => _store.StartAllAsync();

    public Task DisposeAsync() => _store.DisposeAsync().AsTask();

    [Fact]
    public async Task Killing_members_under_load_loses_no_acknowledged_write()
    {
        await UnderLoadAsync(300, async () => _store.Kill(await LeaderAsync()));
        await VerifyAsync();
        for (var round = 0; round < 2; round++)
        {
            await UnderLoadAsync(600, () =>
            {
                Parallel.For(0, 3, _store.Kill);
                return Task.CompletedTask;
            });
            await VerifyAsync();
        }
        await Eventually.HoldsAsync(async () => (await HashesAsync()).Distinct().Count() == 1, "all members have the same hash");
    }

    /// <summary>Writes from many clients until the disaster has struck and so many writes were acknowledged before it.</summary>
    private async Task UnderLoadAsync(int writesBefore, Func<Task> disaster)
    {
        var before = _acknowledged.Count;
        using var stop = new CancellationTokenSource();
        var writers = Enumerable.Range(0, Writers).Select(writer => WriteAsync(writer, stop.Token)).ToList();
        await Eventually.HoldsAsync(() => _acknowledged.Count >= before + writesBefore, "writes are acknowledged");
        await disaster();
        await stop.CancelAsync();
        await Task.WhenAll(writers);
        await _store.StartAllAsync();
    }

    private async Task WriteAsync(int writer, CancellationToken stop)
    {
        using var channel = GrpcChannel.ForAddress(_store.Endpoint(writer % 3));
        var kv = new KV.KVClient(channel);
        while (!stop.IsCancellationRequested)
        {
            var value = Guid.NewGuid().ToString();
            try
            {
                var response = await kv.PutAsync(
                    new PutRequest { Key = ByteString.CopyFromUtf8("k" + value), Value = ByteString.CopyFromUtf8(value) },
                    cancellationToken: stop);
                _acknowledged["k" + value] = (response.Header.Revision, value);
            }
            catch (RpcException)
            {
                // Refused, or of unknown outcome: it may be there or not.
                return;
            }
        }
    }

    private async Task VerifyAsync()
    {
        using var channel = GrpcChannel.ForAddress(_store.Endpoint(0), new GrpcChannelOptions { MaxReceiveMessageSize = null });
        var all = await new KV.KVClient(channel).RangeAsync(new RangeRequest { Key = ByteString.CopyFromUtf8("k"), RangeEnd = ByteString.CopyFromUtf8("l") });
        var found = all.Kvs.ToDictionary(static kv => kv.Key.ToStringUtf8(), static kv => (kv.ModRevision, kv.Value.ToStringUtf8()));
        Assert.All(_acknowledged, write => Assert.Equal(write.Value, found[write.Key]));
    }

    private async Task<int> LeaderAsync()
    {
        for (var member = 0; ; member = (member + 1) % 3)
        {
            using var channel = GrpcChannel.ForAddress(_store.Endpoint(member));
            var status = await new Maintenance.MaintenanceClient(channel).StatusAsync(new StatusRequest());
            if (status.Leader == status.Header.MemberId)
            {
                return member;
            }
        }
    }

    private async Task<IEnumerable<string>> HashesAsync()
        => (await Etcdctl.RunAsync(_store.Endpoints, ["endpoint", "hashkv"])).Succeeded()
            .Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(static line => line.Split(", ")[1]);
}
