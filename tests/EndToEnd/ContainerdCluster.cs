using Kube.Conformance.Tests.Cri;

namespace Kube.EndToEnd.Tests;

/// <summary>One containerd and one cluster on it for all tests of the collection.</summary>
[CollectionDefinition(Name)]
public sealed class ContainerdCollection : ICollectionFixture<ContainerdCluster>
{
    public const string Name = "containerd";
}

/// <summary>A cluster with one store member and one node on a containerd that it has to itself.</summary>
public sealed class ContainerdCluster : IAsyncLifetime
{
    private readonly PrivateContainerd _containerd = new();
    private OnContainerd? _cluster;

    /// <summary>An image with a shell, in a registry on loopback.</summary>
    public string Image => _containerd.Image;

    /// <summary>An image that this registry does not have.</summary>
    public string MissingImage => _containerd.MissingImage;

    /// <inheritdoc cref="TestCluster.Home"/>
    public string Home => _cluster!.Home;

    /// <inheritdoc cref="TestCluster.KubectlAsync"/>
    public Task<Testing.CommandResult> KubectlAsync(params string[] arguments) => _cluster!.KubectlAsync(arguments);

    /// <inheritdoc cref="TestCluster.Kubectl"/>
    public Task<string> Kubectl(params string[] arguments) => _cluster!.Kubectl(arguments);

    /// <inheritdoc cref="TestCluster.KubectlWithInputAsync"/>
    public Task<Testing.CommandResult> KubectlWithInputAsync(string input, params string[] arguments) =>
        _cluster!.KubectlWithInputAsync(input, arguments);

    /// <inheritdoc cref="TestCluster.AwaitAsync"/>
    public Task AwaitAsync(string resource, string jsonPath, string expected, TimeSpan? limit = null, string @namespace = "default") =>
        _cluster!.AwaitAsync(resource, jsonPath, expected, limit, @namespace);

    /// <inheritdoc/>
    public async Task InitializeAsync()
    {
        await _containerd.InitializeAsync();
        _cluster = new OnContainerd(_containerd.Socket);
        await _cluster.InitializeAsync();
    }

    /// <inheritdoc/>
    public async Task DisposeAsync()
    {
        if (_cluster is not null)
        {
            // Its pods need the runtime to end.
            await _cluster.DisposeAsync();
        }

        await _containerd.DisposeAsync();
    }

    private sealed class OnContainerd(string socket)
        : TestCluster("--runtime", "containerd", "--container-runtime-endpoint", "unix://" + socket, "--stores", "1");
}
