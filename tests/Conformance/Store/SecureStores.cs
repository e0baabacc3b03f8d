using Kube.Conformance.Tests.Api;

namespace Kube.Conformance.Tests.Store;

/// <summary>A store of three members and Debian's etcd, both with mutual TLS, for all tests of a group.</summary>
public sealed class SecureStores : IAsyncLifetime
{
    /// <summary>The group's name.</summary>
    public const string Name = "secure stores";

    private readonly string _directory = Directory.CreateTempSubdirectory("secure-").FullName;

    internal TestPki Pki { get; private set; } = null!;

    internal RealEtcd Etcd { get; private set; } = null!;

    internal SecureTrio Store { get; private set; } = null!;

    /// <summary>What the members log.</summary>
    internal LogLines Logs { get; } = new();

    public async Task InitializeAsync()
    {
        Pki = new TestPki(_directory);
        Pki.IssueClient("client", "client");
        Etcd = await RealEtcd.StartSecureAsync(Pki, "client");
        Store = await SecureTrio.StartAsync(Pki, Logs);
    }

    public async Task DisposeAsync()
    {
        await Store.DisposeAsync();
        await Etcd.DisposeAsync();
        Directory.Delete(_directory, recursive: true);
    }
}

/// <summary>Tests that share <see cref="SecureStores"/>.</summary>
[CollectionDefinition(SecureStores.Name)]
public sealed class SecureStoresGroup : ICollectionFixture<SecureStores>;
