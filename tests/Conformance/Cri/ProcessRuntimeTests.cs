using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Text;
using Grpc.Core;
using Kube.Kubelet.Runtime.Processes;
using Kube.Proto.Cri.V1;
using Microsoft.Extensions.Logging.Abstractions;

namespace Kube.Conformance.Tests.Cri;

/// <summary>The process runtime passes the suite, and keeps the promises that only it has to make.</summary>
public sealed class ProcessRuntimeTests : CriRuntimeSuite
{
    private readonly string _root = Directory.CreateTempSubdirectory("process-runtime-").FullName;

    protected override string Image => "busybox:1.36";

    public override Task InitializeAsync()
    {
        Open();
        return Task.CompletedTask;
    }

    public override async Task DisposeAsync()
    {
        await base.DisposeAsync();
        Directory.Delete(_root, recursive: true);
    }

    [Fact]
    public async Task A_container_without_a_command_is_refused_with_the_reason()
    {
        (string sandbox, PodSandboxConfig config) = await SandboxAsync("bare");
        RpcException error = await Assert.ThrowsAsync<RpcException>(() => CreateAsync(sandbox, config));
        Assert.Equal("the process runtime needs a command: image \"busybox:1.36\" is only a label here", error.Status.Detail);
    }

    [Fact]
    public async Task Every_process_a_container_leaves_behind_is_gone_after_its_end()
    {
        (string sandbox, PodSandboxConfig config) = await SandboxAsync("tree");
        string id = await CreateAsync(
            sandbox, config, "/bin/sh", "-c", "sleep 1000 & setsid sleep 1000 & (setsid sh -c 'sleep 1000 & sleep 1000' &) ; sleep 0.1; echo up; exit 0");
        await Runtime.StartContainerAsync(id, default);
        ContainerStatus exited = await ExitedAsync(id);
        Assert.Equal(0, exited.ExitCode);
        Assert.Empty(Marked(id));
    }

    [Fact]
    public async Task A_runtime_opened_later_takes_running_containers_over()
    {
        (string sandbox, PodSandboxConfig config) = await SandboxAsync("adopt");
        string gate = Directory.CreateDirectory(Path.Combine(LogRoot, "gate")).FullName;
        ContainerConfig container = NewContainer("main", 0, "/bin/sh", "-c", GateScript + "; exit 9");
        container.Envs.Add(new KeyValue { Key = "GATE", Value = gate });
        string id = await Runtime.CreateContainerAsync(sandbox, container, config, default);
        await Runtime.StartContainerAsync(id, default);
        string log = (await StatusAsync(id)).LogPath;
        await LogLinesAsync(log, 1);
        long startedAt = (await StatusAsync(id)).StartedAt;
        List<int> before = Marked(id);

        await Runtime.DisposeAsync();
        Open();
        ContainerStatus adopted = await StatusAsync(id);
        Assert.Equal(ContainerState.ContainerRunning, adopted.State);
        Assert.Equal(startedAt, adopted.StartedAt);
        Assert.NotEmpty(Marked(id).Intersect(before));

        await File.WriteAllTextAsync(Path.Combine(gate, "open"), "");
        Assert.Equal(9, (await ExitedAsync(id)).ExitCode);
        Assert.Equal(["stdout F before", "stdout F after"], await LogLinesAsync(log, 2));
    }

    [Fact]
    public async Task An_end_while_no_kubelet_runs_keeps_its_code_and_its_output()
    {
        (string sandbox, PodSandboxConfig config) = await SandboxAsync("away");
        string gate = Directory.CreateDirectory(Path.Combine(LogRoot, "gate")).FullName;
        ContainerConfig container = NewContainer("main", 0, "/bin/sh", "-c", GateScript + "; exit 4");
        container.Envs.Add(new KeyValue { Key = "GATE", Value = gate });
        string id = await Runtime.CreateContainerAsync(sandbox, container, config, default);
        await Runtime.StartContainerAsync(id, default);
        string log = (await StatusAsync(id)).LogPath;
        await LogLinesAsync(log, 1);

        await Runtime.DisposeAsync();
        await File.WriteAllTextAsync(Path.Combine(gate, "open"), "");
        await EventuallyAsync(() => Task.FromResult(Marked(id).Count == 0), "the processes end");
        Open();
        ContainerStatus exited = await ExitedAsync(id);
        Assert.Equal(4, exited.ExitCode);
        Assert.Equal("Error", exited.Reason);
        Assert.Equal(["stdout F before", "stdout F after"], await LogLinesAsync(log, 2));
    }

    [Fact]
    public async Task A_container_whose_supervisor_was_killed_is_ended_as_unknown()
    {
        (string sandbox, PodSandboxConfig config) = await SandboxAsync("orphan");
        string id = await CreateAsync(sandbox, config, "/bin/sleep", "1000");
        await Runtime.StartContainerAsync(id, default);
        string pids = Path.Combine(_root, "containers", id, "pids");
        await EventuallyAsync(() => Task.FromResult(File.Exists(pids)), "the supervisor writes its id");
        int supervisor = int.Parse((await File.ReadAllTextAsync(pids)).Split(' ')[0], CultureInfo.InvariantCulture);
        Process.GetProcessById(supervisor).Kill();
        ContainerStatus exited = await ExitedAsync(id);
        Assert.Equal(255, exited.ExitCode);
        Assert.Equal("Unknown", exited.Reason);
        Assert.Empty(Marked(id));
    }

    [Fact]
    public async Task Volumes_are_found_below_the_directory_a_container_starts_in()
    {
        (string sandbox, PodSandboxConfig config) = await SandboxAsync("volume");
        string source = Directory.CreateDirectory(Path.Combine(LogRoot, "source")).FullName;
        await File.WriteAllTextAsync(Path.Combine(source, "key"), "value\n");
        ContainerConfig container = NewContainer("main", 0, "/bin/sh", "-c", "cat ./etc/config/key");
        container.Mounts.Add(new Mount { HostPath = source, ContainerPath = "/etc/config" });
        string id = await Runtime.CreateContainerAsync(sandbox, container, config, default);
        await Runtime.StartContainerAsync(id, default);
        Assert.Equal(["stdout F value"], await LogLinesAsync((await ExitedAsync(id)).LogPath, 1));
    }

    [Fact]
    public async Task Pods_on_a_loopback_node_have_addresses_of_their_own()
    {
        (string first, _) = await SandboxAsync("one");
        (string second, _) = await SandboxAsync("two");
        string one = (await Runtime.PodSandboxStatusAsync(first, false, default)).Status.Network.Ip;
        string two = (await Runtime.PodSandboxStatusAsync(second, false, default)).Status.Network.Ip;
        Assert.NotEqual(one, two);
        Assert.True(IPAddress.IsLoopback(IPAddress.Parse(one)));
        Assert.False(one.StartsWith("127.0.", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Events_tell_of_every_step()
    {
        using CancellationTokenSource stop = new(TimeSpan.FromSeconds(90));
        await using IAsyncEnumerator<ContainerEventResponse> events = Runtime.GetContainerEventsAsync(stop.Token).GetAsyncEnumerator();
        ValueTask<bool> next = events.MoveNextAsync();
        (string sandbox, PodSandboxConfig config) = await SandboxAsync("events");
        string id = await CreateAsync(sandbox, config, "/bin/sh", "-c", "sleep 0.1");
        await Runtime.StartContainerAsync(id, default);
        await ExitedAsync(id);
        await Runtime.RemoveContainerAsync(id, default);
        ContainerEventType[] expected =
        [
            ContainerEventType.ContainerCreatedEvent, ContainerEventType.ContainerStartedEvent,
            ContainerEventType.ContainerStoppedEvent, ContainerEventType.ContainerDeletedEvent,
        ];
        List<ContainerEventType> seen = [];
        while (seen.Count < expected.Length)
        {
            Assert.True(await next);
            if (events.Current.ContainerId == id)
            {
                seen.Add(events.Current.ContainerEventType);
            }

            next = events.MoveNextAsync();
        }

        Assert.Equal(expected, seen);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await next);
    }

    protected override string GatePath(string hostPath) => hostPath;

    protected override async Task ReopenAsync()
    {
        await Runtime.DisposeAsync();
        Open();
    }

    private void Open() =>
        Runtime = ProcessRuntime.Open(new ProcessRuntimeOptions { RootDirectory = _root }, TimeProvider.System, NullLoggerFactory.Instance);

    private static List<int> Marked(string id)
    {
        byte[] marker = Encoding.ASCII.GetBytes("KUBE_CONTAINER_ID=" + id);
        List<int> marked = [];
        foreach (string path in Directory.EnumerateDirectories("/proc"))
        {
            if (int.TryParse(Path.GetFileName(path), CultureInfo.InvariantCulture, out int pid))
            {
                try
                {
                    if (File.ReadAllBytes(path + "/environ").AsSpan().IndexOf(marker) >= 0)
                    {
                        marked.Add(pid);
                    }
                }
                catch (Exception e) when (e is IOException or UnauthorizedAccessException)
                {
                    // It ended while it was read.
                }
            }
        }

        return marked;
    }
}
