using System.Collections.Concurrent;
using Kube.Base;
using Kube.Proto.Cri.V1;
using Microsoft.Extensions.Logging;

namespace Kube.Kubelet.Runtime.Processes;

/// <summary>
/// The embedded container runtime: CRI in-process, a container being a host process in a session of its own, supervised
/// by a small shell. The image is a label: the command comes from the pod. Processes outlive this object: a runtime
/// opened later on the same root takes them over, with the exit codes of those that ended in between.
/// </summary>
public sealed partial class ProcessRuntime : ICriRuntime, IContainerStreams
{
    private const string RuntimeName = "process";

    private readonly ProcessRuntimeOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger<ProcessRuntime> _logger;
    private readonly ConcurrentDictionary<string, ProcessSandbox> _sandboxes = new();
    private readonly ConcurrentDictionary<string, ProcessContainer> _containers = new();
    private readonly ProcessWatcher _watcher = new();
    private readonly DescriptorPoller _poller = new();
    /// <summary>Looks at the machine's processes: the ends of many containers at once cost a few looks, not one each.</summary>
    private readonly SharedCall<ProcessSnapshot> _snapshots = new(() => Task.Run(ProcessTable.Snapshot));
    private readonly ContainerEvents _events = new();
    private readonly Supervision? _supervision;
    private readonly string? _missing;
    private readonly FileStream _rootLock;

    private ProcessRuntime(ProcessRuntimeOptions options, TimeProvider time, ILogger<ProcessRuntime> logger)
    {
        _options = options with { RootDirectory = Path.GetFullPath(options.RootDirectory) };
        _time = time;
        _logger = logger;
        (_supervision, _missing) = Supervision.Find();
        foreach (string directory in (string[])[SandboxesDirectory, ContainersDirectory, ImagesDirectory])
        {
            Directory.CreateDirectory(directory);
        }

        string lockPath = Path.Combine(_options.RootDirectory, "lock");
        try
        {
            _rootLock = new FileStream(lockPath, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException e)
        {
            _watcher.Dispose();
            _poller.Dispose();
            throw new IOException($"another kubelet uses {_options.RootDirectory}: {e.Message}", e);
        }
    }

    /// <inheritdoc/>
    public string Endpoint => RuntimeName;

    /// <inheritdoc/>
    public bool SharesHost => true;

    private string SandboxesDirectory => Path.Combine(_options.RootDirectory, "sandboxes");

    private string ContainersDirectory => Path.Combine(_options.RootDirectory, "containers");

    private string ImagesDirectory => Path.Combine(_options.RootDirectory, "images");

    /// <summary>Opens the runtime on its root, taking over what an earlier one left running there.</summary>
    /// <exception cref="IOException">The root cannot be used, or another runtime uses it.</exception>
    public static ProcessRuntime Open(ProcessRuntimeOptions options, TimeProvider time, ILoggerFactory loggers)
    {
        ProcessRuntime runtime = new(options, time, loggers.CreateLogger<ProcessRuntime>());
        runtime.Recover();
        return runtime;
    }

    /// <inheritdoc/>
    public Task<VersionResponse> VersionAsync(CancellationToken cancellation) => Task.FromResult(new VersionResponse
    {
        Version = "0.1.0",
        RuntimeName = RuntimeName,
        RuntimeVersion = "1.0.0",
        RuntimeApiVersion = "v1",
    });

    /// <inheritdoc/>
    public Task<StatusResponse> StatusAsync(bool verbose, CancellationToken cancellation)
    {
        RuntimeCondition ready = new() { Type = "RuntimeReady", Status = _missing is null };
        if (_missing is not null)
        {
            ready.Reason = "ProgramMissing";
            ready.Message = _missing;
        }

        return Task.FromResult(new StatusResponse
        {
            Status = new RuntimeStatus { Conditions = { ready, new RuntimeCondition { Type = "NetworkReady", Status = true } } },
        });
    }

    /// <inheritdoc/>
    public Task UpdateRuntimeConfigAsync(RuntimeConfig config, CancellationToken cancellation) => Task.CompletedTask;

    /// <inheritdoc/>
    public IAsyncEnumerable<ContainerEventResponse> GetContainerEventsAsync(CancellationToken cancellation) =>
        _events.ReadAsync(cancellation);

    /// <inheritdoc/>
    public Task<ExecResponse> ExecAsync(ExecRequest request, CancellationToken cancellation) =>
        Task.FromException<ExecResponse>(CriError.Unimplemented("the process runtime is no server: the kubelet that it is part of serves streams itself"));

    /// <inheritdoc/>
    public Task<AttachResponse> AttachAsync(AttachRequest request, CancellationToken cancellation) =>
        Task.FromException<AttachResponse>(CriError.Unimplemented("the process runtime is no server: the kubelet that it is part of serves streams itself"));

    /// <inheritdoc/>
    public Task<PortForwardResponse> PortForwardAsync(PortForwardRequest request, CancellationToken cancellation) =>
        Task.FromException<PortForwardResponse>(CriError.Unimplemented("the process runtime is no server: the kubelet that it is part of serves streams itself"));

    /// <inheritdoc/>
    public Task UpdateContainerResourcesAsync(UpdateContainerResourcesRequest request, CancellationToken cancellation) =>
        Task.FromException(CriError.Unimplemented("the process runtime does not limit resources"));

    /// <summary>Lets go of everything; containers go on running.</summary>
    public ValueTask DisposeAsync()
    {
        _events.Dispose();
        _watcher.Dispose();
        foreach (ProcessContainer container in _containers.Values)
        {
            container.Abandon(_watcher);
        }

        _poller.Dispose();
        _rootLock.Dispose();
        return ValueTask.CompletedTask;
    }

    private long NowNanoseconds() => ToNanoseconds(_time.GetUtcNow());

    private static long ToNanoseconds(DateTimeOffset time) => (time.UtcTicks - DateTimeOffset.UnixEpoch.UtcTicks) * 100;

    private ProcessSandbox Sandbox(string id) =>
        _sandboxes.TryGetValue(id, out ProcessSandbox? sandbox) ? sandbox : throw CriError.NotFound($"sandbox \"{id}\": not found");

    private ProcessContainer Container(string id) =>
        _containers.TryGetValue(id, out ProcessContainer? container) ? container : throw CriError.NotFound($"container \"{id}\": not found");
}
