using System.Text;
using Etcd.V3;
using Grpc.Core;
using Grpc.Net.Client;
using Kube.ApiServer.Storage;
using Kube.ApiServer.Storage.Etcd;
using Kube.Conformance.Tests.Store;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Kube.Conformance.Tests.Api;

/// <summary>
/// A member takes a write and dies before it answers: the write is made again on its condition, never blindly, and when what became
/// of it cannot be known, that is said.
/// </summary>
public sealed class UncertainWriteTests(StoreMemberFixture store) : IClassFixture<StoreMemberFixture>
{
    private static readonly byte[] Ours = "ours"u8.ToArray();
    private static readonly byte[] Theirs = "theirs"u8.ToArray();

    [Fact]
    public async Task A_write_that_has_happened_is_confirmed_and_made_once()
    {
        await using var member = await LosingMember.StartAsync(store.Endpoint);
        await using var storage = StorageOver.Open(member.Endpoint);
        var created = await storage.CreateAsync("/registry/uncertain/once", Ours, null, default);
        Assert.True(created.Succeeded);
        Assert.Equal(2, member.Attempts);
        var read = (await storage.GetAsync("/registry/uncertain/once", default)).Object!;
        Assert.Equal((created.Revision, read.CreateRevision), (read.ModRevision, read.ModRevision));
    }

    [Fact]
    public async Task A_write_that_somebody_wrote_over_may_have_happened()
    {
        const string key = "/registry/uncertain/over";
        await using var member = await LosingMember.StartAsync(store.Endpoint);
        await using var other = StorageOver.Open(store.Endpoint);
        await using var storage = StorageOver.Open(member.Endpoint);
        var first = await other.CreateAsync(key, Theirs, null, default);
        member.AfterLoss = async () =>
        {
            var now = (await other.GetAsync(key, default)).Object!;
            Assert.Equal("ours", Encoding.UTF8.GetString(now.Value.Span));
            await other.UpdateAsync(key, Theirs, now.ModRevision, null, default);
        };
        var failure = await Assert.ThrowsAsync<StorageUnavailableException>(() => storage.UpdateAsync(key, Ours, first.Revision, null, default));
        Assert.True(failure.OutcomeUnknown);
        Assert.Equal("theirs", Encoding.UTF8.GetString((await other.GetAsync(key, default)).Object!.Value.Span));
    }

    [Fact]
    public async Task A_delete_that_has_happened_is_confirmed_and_one_that_was_made_undone_may_have_happened()
    {
        const string key = "/registry/uncertain/gone";
        await using var member = await LosingMember.StartAsync(store.Endpoint);
        await using var other = StorageOver.Open(store.Endpoint);
        await using var storage = StorageOver.Open(member.Endpoint);
        var first = await other.CreateAsync(key, Theirs, null, default);
        Assert.True((await storage.DeleteAsync(key, first.Revision, default)).Succeeded);
        var second = await other.CreateAsync(key, Theirs, null, default);
        member.Lose = true;
        member.AfterLoss = () => other.CreateAsync(key, Theirs, null, default);
        var failure = await Assert.ThrowsAsync<StorageUnavailableException>(() => storage.DeleteAsync(key, second.Revision, default));
        Assert.True(failure.OutcomeUnknown);
    }

    [Fact]
    public async Task A_conflict_that_is_certain_stays_a_conflict()
    {
        const string key = "/registry/uncertain/conflict";
        await using var other = StorageOver.Open(store.Endpoint);
        var first = await other.CreateAsync(key, Theirs, null, default);
        var second = await other.UpdateAsync(key, Ours, first.Revision, null, default);
        await using var member = await LosingMember.StartAsync(store.Endpoint);
        await using var storage = StorageOver.Open(member.Endpoint);

        // The answer to a delete that did not match is lost; the key has been there all the time, so no delete has happened.
        var outcome = await storage.DeleteAsync(key, first.Revision, default);
        Assert.False(outcome.Succeeded);
        Assert.Equal(second.Revision, outcome.Current!.ModRevision);
    }

    /// <summary>Stands before a real member, and loses the answer to the next write.</summary>
    private sealed class LosingMember : KV.KVBase, IAsyncDisposable
    {
        private readonly GrpcChannel _channel;
        private readonly KV.KVClient _real;
        private WebApplication? _application;

        private LosingMember(string real)
        {
            _channel = GrpcChannel.ForAddress(real);
            _real = new KV.KVClient(_channel);
        }

        public string Endpoint { get; private set; } = "";

        public int Attempts { get; private set; }

        /// <summary>True until an answer has been lost.</summary>
        public bool Lose { get; set; } = true;

        /// <summary>What happens between the lost answer and the next attempt.</summary>
        public Func<Task> AfterLoss { get; set; } = () => Task.CompletedTask;

        public static async Task<LosingMember> StartAsync(string real)
        {
            var member = new LosingMember(real);
            var builder = WebApplication.CreateSlimBuilder();
            builder.Logging.ClearProviders();
            builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(System.Net.IPAddress.Loopback, 0, options => options.Protocols = HttpProtocols.Http2));
            builder.Services.AddGrpc();
            member._application = builder.Build();
            member._application.MapGrpcService(member);
            await member._application.StartAsync();
            member.Endpoint = member._application.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();
            return member;
        }

        public override async Task<TxnResponse> Txn(TxnRequest request, ServerCallContext context)
        {
            Attempts++;
            var response = await _real.TxnAsync(request, cancellationToken: context.CancellationToken);
            if (!Lose)
            {
                return response;
            }

            Lose = false;
            await AfterLoss();
            throw new RpcException(new Status(StatusCode.Unavailable, "etcdserver: request timed out"));
        }

        public override async Task<RangeResponse> Range(RangeRequest request, ServerCallContext context) =>
            await _real.RangeAsync(request, cancellationToken: context.CancellationToken);

        public async ValueTask DisposeAsync()
        {
            await _application!.DisposeAsync();
            _channel.Dispose();
        }
    }
}
