using Grpc.Core;
using Kube.Kubelet.Runtime.Containerd;
using Kube.Proto.Cri.V1;
using Pod = Kube.Api.Core.V1.Pod;

namespace Kube.Conformance.Tests.Cri;

/// <summary>The real containerd passes the suite through the kubelet's client, with real containers.</summary>
public sealed class ContainerdRuntimeTests(PrivateContainerd containerd) : CriRuntimeSuite, IClassFixture<PrivateContainerd>
{
    protected override string Image => containerd.Image;

    public override async Task InitializeAsync()
    {
        Runtime = new ContainerdRuntime(containerd.Socket, TimeProvider.System);
        await Runtime.PullImageAsync(new ImageSpec { Image = Image }, null, null, default);
    }

    protected override async Task ReopenAsync()
    {
        await Runtime.DisposeAsync();
        Runtime = new ContainerdRuntime(containerd.Socket, TimeProvider.System);
    }

    [Fact]
    public async Task Pods_go_on_while_containerd_is_restarted_and_the_kubelet_finds_them_again()
    {
        TestPods pods = new();
        Pod pod = NewPod("survivor", "sleep 1000");
        await using TestKubelet kubelet = new(Runtime, pods, LogRoot);
        kubelet.Workers.Update(pod);
        await RunningAsync(pods, pod);
        Kube.Api.Core.V1.ContainerStatus before = pods.Status(pod)!.ContainerStatuses![0];

        await containerd.RestartAsync();
        DateTimeOffset back = DateTimeOffset.UtcNow;
        kubelet.Workers.Signal(pod.Metadata.Uid!);
        await EventuallyAsync(() => Task.FromResult(kubelet.Lifecycle.LastList > back), "the kubelet lists again");
        await RestartedNothingAsync(pods, pod, before);

        await EndAsync(kubelet, pods, pod);
    }

    [Fact]
    public async Task A_call_that_its_caller_cancels_ends_as_cancelled_and_not_as_a_failure_of_the_runtime()
    {
        using CancellationTokenSource ended = new();
        await ended.CancelAsync();
        await Assert.ThrowsAsync<OperationCanceledException>(() => Runtime.ListContainersAsync(new ContainerFilter(), ended.Token));

        (string sandbox, PodSandboxConfig config) = await SandboxAsync("cancelled");
        string id = await CreateAsync(sandbox, config, "/bin/sh", "-c", "exec sleep 1000");
        await Runtime.StartContainerAsync(id, default);
        using CancellationTokenSource later = new();
        Task<ExecSyncResponse> exec = Runtime.ExecSyncAsync(id, ["sleep", "1000"], 0, later.Token);
        await later.CancelAsync();
        await Assert.ThrowsAsync<OperationCanceledException>(() => exec);
    }

    [Fact]
    public async Task A_sandbox_has_namespaces_and_an_address_of_its_own()
    {
        (string first, PodSandboxConfig config) = await SandboxAsync("one");
        (string second, _) = await SandboxAsync("two");
        string one = (await Runtime.PodSandboxStatusAsync(first, false, default)).Status.Network.Ip;
        string two = (await Runtime.PodSandboxStatusAsync(second, false, default)).Status.Network.Ip;
        Assert.NotEqual(one, two);
        Assert.StartsWith("10.213.", one);

        string id = await CreateAsync(first, config, "/bin/sh", "-c", "hostname; ip -4 -o addr show eth0 | grep -c " + one + "; ls /proc | grep -c '^1$'");
        await Runtime.StartContainerAsync(id, default);
        Assert.Equal(["stdout F one", "stdout F 1", "stdout F 1"], await LogLinesAsync((await ExitedAsync(id)).LogPath, 3));
    }

    [Fact]
    public async Task A_volume_is_mounted_where_the_pod_wants_it()
    {
        (string sandbox, PodSandboxConfig config) = await SandboxAsync("volume");
        string source = Directory.CreateDirectory(Path.Combine(LogRoot, "source")).FullName;
        await File.WriteAllTextAsync(Path.Combine(source, "key"), "value\n");
        ContainerConfig container = NewContainer("main", 0, "/bin/sh", "-c", "cat /etc/config/key; echo x >/etc/config/key || echo read-only");
        container.Mounts.Add(new Mount { HostPath = source, ContainerPath = "/etc/config", Readonly = true });
        Directory.CreateDirectory(Path.Combine(config.LogDirectory, "main"));
        string id = await Runtime.CreateContainerAsync(sandbox, container, config, default);
        await Runtime.StartContainerAsync(id, default);
        List<string> lines = await LogLinesAsync((await ExitedAsync(id)).LogPath, 3);
        Assert.Contains("stdout F value", lines);
        Assert.Contains("stdout F read-only", lines);
    }

    [Fact]
    public async Task A_container_over_its_memory_limit_is_reported_as_such()
    {
        (string sandbox, PodSandboxConfig config) = await SandboxAsync("oom");
        ContainerConfig container = NewContainer("main", 0, "/bin/sh", "-c", "x=$(head -c 100000000 /dev/zero | tr '\\0' x); echo ${#x}");
        container.Linux.Resources = new LinuxContainerResources { MemoryLimitInBytes = 16 * 1024 * 1024 };
        Directory.CreateDirectory(Path.Combine(config.LogDirectory, "main"));
        string id = await Runtime.CreateContainerAsync(sandbox, container, config, default);
        await Runtime.StartContainerAsync(id, default);
        ContainerStatus exited = await ExitedAsync(id);
        Assert.Equal("OOMKilled", exited.Reason);
        Assert.Equal(137, exited.ExitCode);
    }

    [Fact]
    public async Task An_image_that_is_not_there_is_an_error_with_its_name()
    {
        RpcException error = await Assert.ThrowsAsync<RpcException>(
            () => Runtime.PullImageAsync(new ImageSpec { Image = containerd.MissingImage }, null, null, default));
        Assert.Contains("nothing:1", error.Status.Detail);
    }
}
