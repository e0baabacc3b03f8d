using Kube.ApiServer.Storage;
using Kube.ApiServer.Storage.Etcd;
using Kube.ApiServer.Tests.Storage;
using Kube.Conformance.Tests.Store;
using Microsoft.Extensions.Logging.Abstractions;

namespace Kube.Conformance.Tests.Api;

/// <summary>The API server's storage over our own store.</summary>
public sealed class EtcdObjectStorageTests(StoreMemberFixture store) : ObjectStorageSuite, IClassFixture<StoreMemberFixture>
{
    protected override Task<IObjectStorage> OpenAsync() => Task.FromResult<IObjectStorage>(StorageOver.Open(store.Endpoint));

    protected override Task CompactAsync(IObjectStorage storage, long revision) => ((EtcdObjectStorage)storage).CompactAsync(revision, default);
}

/// <summary>The same promises, kept over Debian's etcd: the protocol is spoken as it is meant.</summary>
public sealed class RealEtcdObjectStorageTests(RealEtcdFixture etcd) : ObjectStorageSuite, IClassFixture<RealEtcdFixture>
{
    protected override Task<IObjectStorage> OpenAsync() => Task.FromResult<IObjectStorage>(StorageOver.Open(etcd.Endpoint));

    protected override Task CompactAsync(IObjectStorage storage, long revision) => ((EtcdObjectStorage)storage).CompactAsync(revision, default);
}

/// <summary>What happens when members fail.</summary>
public sealed class EtcdFailoverTests(StoreMemberFixture store) : IClassFixture<StoreMemberFixture>
{
    [Fact]
    public async Task A_member_that_refuses_connections_is_left_for_the_next()
    {
        await using var storage = StorageOver.Open($"http://127.0.0.1:{RealEtcd.FreePort()}", store.Endpoint);
        var created = await storage.CreateAsync("/registry/failover/refused", "x"u8.ToArray(), null, default);
        Assert.True(created.Succeeded);
    }

    [Fact]
    public async Task A_member_that_accepts_and_says_nothing_is_left_within_the_bound()
    {
        using var silent = new System.Net.Sockets.TcpListener(System.Net.IPAddress.Loopback, 0);
        silent.Start();
        await using var storage = StorageOver.Open($"http://{silent.LocalEndpoint}", store.Endpoint);
        var started = System.Diagnostics.Stopwatch.StartNew();
        Assert.Null((await storage.GetAsync("/registry/failover/none", default)).Object);
        Assert.True(started.Elapsed < TimeSpan.FromSeconds(6), $"took {started.Elapsed}");
    }

    [Fact]
    public async Task A_store_that_is_not_there_is_unavailable_and_the_write_did_not_happen()
    {
        await using var storage = new EtcdObjectStorage(
            new EtcdStorageOptions { Endpoints = [new Uri($"http://127.0.0.1:{RealEtcd.FreePort()}")], OverallTimeout = TimeSpan.FromMilliseconds(300) },
            TimeProvider.System,
            NullLoggerFactory.Instance);
        var failure = await Assert.ThrowsAsync<StorageUnavailableException>(() => storage.CreateAsync("/registry/failover/x", "x"u8.ToArray(), null, default));
        Assert.False(failure.OutcomeUnknown);
    }
}

public sealed class StoreMemberFixture : IAsyncLifetime
{
    private StoreMember? _store;

    public string Endpoint => _store!.Endpoint;

    public async Task InitializeAsync() => _store = await StoreMember.StartAsync();

    public async Task DisposeAsync() => await _store!.DisposeAsync();
}

public sealed class RealEtcdFixture : IAsyncLifetime
{
    private RealEtcd? _etcd;

    public string Endpoint => _etcd!.Endpoint;

    public async Task InitializeAsync() => _etcd = await RealEtcd.StartAsync();

    public async Task DisposeAsync() => await _etcd!.DisposeAsync();
}

internal static class StorageOver
{
    public static EtcdObjectStorage Open(params string[] endpoints) => new(
        new EtcdStorageOptions { Endpoints = [.. endpoints.Select(e => new Uri(e))] }, TimeProvider.System, NullLoggerFactory.Instance);
}
