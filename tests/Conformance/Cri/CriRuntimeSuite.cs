using System.Text;
using Grpc.Core;
using Kube.Kubelet.Runtime;
using Kube.Proto.Cri.V1;

namespace Kube.Conformance.Tests.Cri;

/// <summary>
/// What every container runtime under the kubelet must do. A runtime passes by inheriting this class; commands are
/// those that both a busybox image and a plain Linux host have.
/// </summary>
public abstract partial class CriRuntimeSuite : IAsyncLifetime
{
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(90);

    private readonly List<string> _sandboxes = [];

    protected ICriRuntime Runtime { get; set; } = null!;

    protected string LogRoot { get; } = Directory.CreateTempSubdirectory("cri-logs-").FullName;

    /// <summary>The image that the suite's containers run from.</summary>
    protected abstract string Image { get; }

    public abstract Task InitializeAsync();

    public virtual async Task DisposeAsync()
    {
        foreach (string sandbox in _sandboxes)
        {
            await Runtime.RemovePodSandboxAsync(sandbox, default);
        }

        await Runtime.DisposeAsync();
        Directory.Delete(LogRoot, recursive: true);
    }

    [Fact]
    public async Task Says_who_it_is_and_that_it_is_ready()
    {
        VersionResponse version = await Runtime.VersionAsync(default);
        Assert.Equal("v1", version.RuntimeApiVersion);
        Assert.NotEmpty(version.RuntimeName);
        Assert.NotEmpty(version.RuntimeVersion);

        StatusResponse status = await Runtime.StatusAsync(false, default);
        Assert.True(Assert.Single(status.Status.Conditions, c => c.Type == "RuntimeReady").Status);
        Assert.True(Assert.Single(status.Status.Conditions, c => c.Type == "NetworkReady").Status);
    }

    [Fact]
    public async Task A_sandbox_lives_from_run_to_remove()
    {
        PodSandboxConfig config = NewSandbox("life");
        string id = await RunSandboxAsync(config);
        PodSandboxStatus status = (await Runtime.PodSandboxStatusAsync(id, false, default)).Status;
        Assert.Equal(PodSandboxState.SandboxReady, status.State);
        Assert.Equal(config.Metadata, status.Metadata);
        Assert.Equal("life", status.Labels["test"]);
        Assert.NotEmpty(status.Network.Ip);
        Assert.True(status.CreatedAt > 0);
        Assert.Contains(await Runtime.ListPodSandboxAsync(Labelled("life"), default), s => s.Id == id);

        await Runtime.StopPodSandboxAsync(id, default);
        await Runtime.StopPodSandboxAsync(id, default);
        Assert.Equal(PodSandboxState.SandboxNotready, (await Runtime.PodSandboxStatusAsync(id, false, default)).Status.State);

        await Runtime.RemovePodSandboxAsync(id, default);
        await Runtime.RemovePodSandboxAsync(id, default);
        Assert.Empty(await Runtime.ListPodSandboxAsync(Labelled("life"), default));
        RpcException error = await Assert.ThrowsAsync<RpcException>(() => Runtime.PodSandboxStatusAsync(id, false, default));
        Assert.Equal(StatusCode.NotFound, error.StatusCode);
    }

    [Fact]
    public async Task One_name_and_attempt_is_one_sandbox()
    {
        PodSandboxConfig config = NewSandbox("twice");
        await RunSandboxAsync(config);
        await Assert.ThrowsAsync<RpcException>(() => Runtime.RunPodSandboxAsync(config, "", default));
        config.Metadata.Attempt = 1;
        await RunSandboxAsync(config);
        Assert.Equal(2, (await Runtime.ListPodSandboxAsync(Labelled("twice"), default)).Count);
    }

    [Fact]
    public async Task A_command_runs_to_its_end_and_its_output_is_in_the_log()
    {
        (string sandbox, PodSandboxConfig config) = await SandboxAsync("echo");
        string id = await CreateAsync(sandbox, config, "/bin/sh", "-c", "echo hello; echo oops >&2; printf tail");
        ContainerStatus created = await StatusAsync(id);
        Assert.Equal(ContainerState.ContainerCreated, created.State);
        Assert.Equal(0, created.StartedAt);

        await Runtime.StartContainerAsync(id, default);
        ContainerStatus exited = await ExitedAsync(id);
        Assert.Equal(0, exited.ExitCode);
        Assert.Equal("Completed", exited.Reason);
        Assert.True(exited.CreatedAt <= exited.StartedAt, $"{exited.CreatedAt} {exited.StartedAt}");

        // containerd notes the start once the start call returns; a short command may have ended by then.
        Assert.True(exited.StartedAt <= exited.FinishedAt + 1_000_000_000, $"{exited.StartedAt} {exited.FinishedAt}");
        Assert.Equal(Path.Combine(config.LogDirectory, "main", "0.log"), exited.LogPath);

        List<string> lines = await LogLinesAsync(exited.LogPath, 3);
        Assert.Contains("stdout F hello", lines);
        Assert.Contains("stderr F oops", lines);
        Assert.Contains("stdout P tail", lines);
    }

    [Fact]
    public async Task A_long_line_is_cut_into_pieces()
    {
        (string sandbox, PodSandboxConfig config) = await SandboxAsync("long");
        string id = await CreateAsync(sandbox, config, "/bin/sh", "-c", "head -c 40000 /dev/zero | tr '\\0' x; echo");
        await Runtime.StartContainerAsync(id, default);
        ContainerStatus exited = await ExitedAsync(id);
        List<string> lines = await LogLinesAsync(exited.LogPath, 3);
        Assert.Equal(["stdout P ", "stdout P ", "stdout F "], lines.Select(l => l[..9]));
        Assert.Equal(40000, lines.Sum(l => l.Length - 9));
    }

    [Fact]
    public async Task An_exit_code_is_reported()
    {
        (string sandbox, PodSandboxConfig config) = await SandboxAsync("code");
        string id = await CreateAsync(sandbox, config, "/bin/sh", "-c", "exit 3");
        await Runtime.StartContainerAsync(id, default);
        ContainerStatus exited = await ExitedAsync(id);
        Assert.Equal(3, exited.ExitCode);
        Assert.Equal("Error", exited.Reason);
    }

    [Fact]
    public async Task Environment_arguments_and_working_directory_arrive()
    {
        (string sandbox, PodSandboxConfig config) = await SandboxAsync("env");
        ContainerConfig container = NewContainer("main", 0, "/bin/sh", "-c");
        container.Args.Add("echo $GREETING in $(pwd) with $0");
        container.Args.Add("a b");
        container.Envs.Add(new KeyValue { Key = "GREETING", Value = "good day" });
        container.WorkingDir = "/tmp";
        string id = await Runtime.CreateContainerAsync(sandbox, container, config, default);
        await Runtime.StartContainerAsync(id, default);
        ContainerStatus exited = await ExitedAsync(id);
        Assert.Equal(["stdout F good day in /tmp with a b"], await LogLinesAsync(exited.LogPath, 1));
    }

    [Fact]
    public async Task A_command_that_is_not_there_fails_the_start()
    {
        (string sandbox, PodSandboxConfig config) = await SandboxAsync("missing");
        string id = await CreateAsync(sandbox, config, "/no/such/program");
        RpcException error = await Assert.ThrowsAsync<RpcException>(() => Runtime.StartContainerAsync(id, default));
        Assert.Contains("/no/such/program", error.Status.Detail);
        ContainerStatus status = await StatusAsync(id);
        Assert.Equal(ContainerState.ContainerExited, status.State);
        Assert.Equal("StartError", status.Reason);
        Assert.Equal(128, status.ExitCode);
    }

    [Fact]
    public async Task Stop_lets_a_container_end_by_itself()
    {
        (string sandbox, PodSandboxConfig config) = await SandboxAsync("term");
        string id = await CreateAsync(sandbox, config, "/bin/sh", "-c", "trap 'echo bye; exit 7' TERM; echo ready; while :; do sleep 0.05; done");
        await Runtime.StartContainerAsync(id, default);
        string log = (await StatusAsync(id)).LogPath;
        await LogLinesAsync(log, 1);
        await Runtime.StopContainerAsync(id, 60, default);
        ContainerStatus status = await StatusAsync(id);
        Assert.Equal(ContainerState.ContainerExited, status.State);
        Assert.Equal(7, status.ExitCode);
        Assert.Equal(["stdout F ready", "stdout F bye"], await LogLinesAsync(log, 2));
        await Runtime.StopContainerAsync(id, 60, default);
    }

    [Fact]
    public async Task Stop_kills_what_does_not_end_in_time()
    {
        (string sandbox, PodSandboxConfig config) = await SandboxAsync("kill");
        string id = await CreateAsync(sandbox, config, "/bin/sh", "-c", "trap '' TERM; echo ready; while :; do sleep 0.05; done");
        await Runtime.StartContainerAsync(id, default);
        await LogLinesAsync((await StatusAsync(id)).LogPath, 1);
        await Runtime.StopContainerAsync(id, 1, default);
        ContainerStatus status = await StatusAsync(id);
        Assert.Equal(ContainerState.ContainerExited, status.State);
        Assert.Equal(137, status.ExitCode);
        Assert.Equal("Error", status.Reason);
    }

    [Fact]
    public async Task Exec_answers_output_and_code_and_keeps_its_time_limit()
    {
        (string sandbox, PodSandboxConfig config) = await SandboxAsync("exec");
        string id = await CreateAsync(sandbox, config, "/bin/sleep", "1000");
        await Runtime.StartContainerAsync(id, default);
        ExecSyncResponse answer = await Runtime.ExecSyncAsync(id, ["/bin/sh", "-c", "echo out; echo err >&2; exit 5"], 60, default);
        Assert.Equal(5, answer.ExitCode);
        Assert.Equal("out\n", answer.Stdout.ToStringUtf8());
        Assert.Equal("err\n", answer.Stderr.ToStringUtf8());

        RpcException late = await Assert.ThrowsAsync<RpcException>(() => Runtime.ExecSyncAsync(id, ["/bin/sleep", "30"], 1, default));
        Assert.Equal(StatusCode.DeadlineExceeded, late.StatusCode);
        await Assert.ThrowsAsync<RpcException>(() => Runtime.ExecSyncAsync(id, ["/no/such/program"], 1, default));
        Assert.Equal(ContainerState.ContainerRunning, (await StatusAsync(id)).State);
    }

    [Fact]
    public async Task Lists_by_state_sandbox_and_label()
    {
        (string sandbox, PodSandboxConfig config) = await SandboxAsync("list");
        string running = await CreateAsync(sandbox, config, "/bin/sleep", "1000");
        await Runtime.StartContainerAsync(running, default);
        ContainerConfig second = NewContainer("second", 0, "/bin/sleep", "1000");
        string created = await Runtime.CreateContainerAsync(sandbox, second, config, default);

        IReadOnlyList<Container> ofSandbox = await Runtime.ListContainersAsync(new ContainerFilter { PodSandboxId = sandbox }, default);
        Assert.Equal(new[] { running, created }.Order(), ofSandbox.Select(c => c.Id).Order());
        ContainerFilter up = new() { PodSandboxId = sandbox, State = new ContainerStateValue { State = ContainerState.ContainerRunning } };
        Assert.Equal(running, Assert.Single(await Runtime.ListContainersAsync(up, default)).Id);
        ContainerFilter named = new() { PodSandboxId = sandbox, LabelSelector = { ["name"] = "second" } };
        Container listed = Assert.Single(await Runtime.ListContainersAsync(named, default));
        Assert.Equal(created, listed.Id);
        Assert.Equal("second", listed.Metadata.Name);
        Assert.Equal(ContainerState.ContainerCreated, listed.State);
    }

    [Fact]
    public async Task Removing_a_sandbox_ends_and_removes_its_containers()
    {
        (string sandbox, PodSandboxConfig config) = await SandboxAsync("remove");
        string id = await CreateAsync(sandbox, config, "/bin/sleep", "1000");
        await Runtime.StartContainerAsync(id, default);
        await Runtime.StopPodSandboxAsync(sandbox, default);
        Assert.Equal(ContainerState.ContainerExited, (await StatusAsync(id)).State);
        await Runtime.RemovePodSandboxAsync(sandbox, default);
        RpcException gone = await Assert.ThrowsAsync<RpcException>(() => Runtime.ContainerStatusAsync(id, false, default));
        Assert.Equal(StatusCode.NotFound, gone.StatusCode);
        await Runtime.StopContainerAsync(id, 1, default);
        await Runtime.RemoveContainerAsync(id, default);
    }

    [Fact]
    public async Task A_container_can_be_created_anew_in_the_same_sandbox()
    {
        (string sandbox, PodSandboxConfig config) = await SandboxAsync("again");
        for (uint attempt = 0; attempt < 3; attempt++)
        {
            ContainerConfig container = NewContainer("main", attempt, "/bin/sh", "-c", "exit 1");
            string id = await Runtime.CreateContainerAsync(sandbox, container, config, default);
            await Runtime.StartContainerAsync(id, default);
            Assert.Equal(attempt, (await ExitedAsync(id)).Metadata.Attempt);
        }
    }

    [Fact]
    public async Task A_log_goes_on_in_a_new_file_after_rotation()
    {
        (string sandbox, PodSandboxConfig config) = await SandboxAsync("rotate");
        string gate = Path.Combine(LogRoot, "gate");
        Directory.CreateDirectory(gate);
        ContainerConfig container = NewContainer("main", 0, "/bin/sh", "-c", GateScript);
        container.Mounts.Add(new Mount { HostPath = gate, ContainerPath = "/gate" });
        container.Envs.Add(new KeyValue { Key = "GATE", Value = GatePath(gate) });
        string id = await Runtime.CreateContainerAsync(sandbox, container, config, default);
        await Runtime.StartContainerAsync(id, default);
        string log = (await StatusAsync(id)).LogPath;
        Assert.Equal(["stdout F before"], await LogLinesAsync(log, 1));
        File.Move(log, log + ".1");
        await Runtime.ReopenContainerLogAsync(id, default);
        await File.WriteAllTextAsync(Path.Combine(gate, "open"), "");
        await ExitedAsync(id);
        Assert.Equal(["stdout F after"], await LogLinesAsync(log, 1));
        Assert.Equal(["stdout F before"], await LogLinesAsync(log + ".1", 1));
    }

    [Fact]
    public async Task The_usage_of_a_sandbox_is_that_of_its_containers()
    {
        (string sandbox, PodSandboxConfig config) = await SandboxAsync("usage");
        string id = await CreateAsync(sandbox, config, "/bin/sh", "-c", "sleep 1000 & sleep 1000 & wait");
        await Runtime.StartContainerAsync(id, default);
        await EventuallyAsync(
            async () => Assert.Single(await Runtime.ListPodSandboxStatsAsync(new PodSandboxStatsFilter { Id = sandbox }, default)).Linux is { Process.ProcessCount.Value: >= 3, Memory.WorkingSetBytes.Value: > 0, Cpu: not null } usage
                && usage.Containers.Any(c => c.Attributes.Id == id),
            "three processes and their memory are counted");
        Assert.Empty(await Runtime.ListPodSandboxStatsAsync(new PodSandboxStatsFilter { LabelSelector = { ["test"] = "another" } }, default));
    }

    [Fact]
    public async Task An_image_is_there_after_it_was_pulled()
    {
        string reference = await Runtime.PullImageAsync(new ImageSpec { Image = Image }, null, null, default);
        Assert.NotEmpty(reference);
        Image? image = await Runtime.ImageStatusAsync(new ImageSpec { Image = Image }, default);
        Assert.NotNull(image);
        Assert.Contains(Image, image.RepoTags);
        Assert.Contains(await Runtime.ListImagesAsync(null, default), i => i.Id == image.Id);
        Assert.Null(await Runtime.ImageStatusAsync(new ImageSpec { Image = "registry.invalid/none:1" }, default));
    }

    protected const string GateScript = "echo before; while [ ! -e \"$GATE/open\" ]; do sleep 0.05; done; echo after";

    /// <summary>Where a container finds a host directory that is mounted at /gate.</summary>
    protected virtual string GatePath(string hostPath) => "/gate";

    protected static PodSandboxFilter Labelled(string value) => new() { LabelSelector = { ["test"] = value } };

    protected PodSandboxConfig NewSandbox(string name) => new()
    {
        Metadata = new PodSandboxMetadata { Name = name, Namespace = "conformance", Uid = Guid.NewGuid().ToString() },
        Hostname = name,
        LogDirectory = Path.Combine(LogRoot, name),
        Labels = { ["test"] = name },
        Linux = new LinuxPodSandboxConfig
        {
            CgroupParent = "/kube-conformance",
            SecurityContext = new LinuxSandboxSecurityContext { NamespaceOptions = PodNamespaces() },
        },
    };

    protected ContainerConfig NewContainer(string name, uint attempt, params string[] command) => new()
    {
        Metadata = new ContainerMetadata { Name = name, Attempt = attempt },
        Image = new ImageSpec { Image = Image },
        Command = { command },
        Labels = { ["name"] = name },
        LogPath = $"{name}/{attempt}.log",
        Linux = new LinuxContainerConfig { SecurityContext = new LinuxContainerSecurityContext { NamespaceOptions = PodNamespaces() } },
    };

    /// <summary>The namespaces of an ordinary pod: processes see their own container only.</summary>
    private static NamespaceOption PodNamespaces() => new() { Pid = NamespaceMode.Container };

    protected async Task<string> RunSandboxAsync(PodSandboxConfig config)
    {
        string id = await Runtime.RunPodSandboxAsync(config, "", default);
        _sandboxes.Add(id);
        return id;
    }

    protected async Task<(string Id, PodSandboxConfig Config)> SandboxAsync(string name)
    {
        PodSandboxConfig config = NewSandbox(name);
        return (await RunSandboxAsync(config), config);
    }

    protected async Task<string> CreateAsync(string sandbox, PodSandboxConfig config, params string[] command)
    {
        Directory.CreateDirectory(Path.Combine(config.LogDirectory, "main"));
        return await Runtime.CreateContainerAsync(sandbox, NewContainer("main", 0, command), config, default);
    }

    protected async Task<ContainerStatus> StatusAsync(string id) => (await Runtime.ContainerStatusAsync(id, false, default)).Status;

    protected async Task<ContainerStatus> ExitedAsync(string id)
    {
        ContainerStatus status = await StatusAsync(id);
        await EventuallyAsync(async () => (status = await StatusAsync(id)).State == ContainerState.ContainerExited, $"container {id} exits");
        return status;
    }

    /// <summary>The log's lines without their times, once there are that many.</summary>
    protected static async Task<List<string>> LogLinesAsync(string path, int count)
    {
        List<string> lines = [];
        await EventuallyAsync(
            async () =>
            {
                if (!File.Exists(path))
                {
                    return false;
                }

                await using FileStream file = new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
                using StreamReader reader = new(file, Encoding.UTF8);
                string text = await reader.ReadToEndAsync();

                // What is after the last end of a line is still being written.
                string[] read = text[..(text.LastIndexOf('\n') + 1)].Split('\n', StringSplitOptions.RemoveEmptyEntries);
                foreach (string line in read)
                {
                    Assert.True(DateTimeOffset.TryParse(line[..line.IndexOf(' ')], out _), line);
                }

                lines = [.. read.Select(l => l[(l.IndexOf(' ') + 1)..])];
                return lines.Count >= count;
            },
            $"{count} lines in {path}");
        Assert.Equal(count, lines.Count);
        return lines;
    }

    protected static async Task EventuallyAsync(Func<Task<bool>> condition, string what)
    {
        using CancellationTokenSource bound = new(Bound);
        using PeriodicTimer timer = new(TimeSpan.FromMilliseconds(10));
        while (!await condition())
        {
            try
            {
                await timer.WaitForNextTickAsync(bound.Token);
            }
            catch (OperationCanceledException)
            {
                Assert.Fail("not in time: " + what);
            }
        }
    }
}
