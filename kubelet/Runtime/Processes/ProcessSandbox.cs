using Kube.Proto.Cri.V1;

namespace Kube.Kubelet.Runtime.Processes;

/// <summary>One sandbox of the process runtime. The record is replaced as a whole and may be read without a lock.</summary>
internal sealed class ProcessSandbox(string id, string directory, PodSandboxConfig config, SandboxRecord record)
{
    private volatile SandboxRecord _record = record;

    public string Id { get; } = id;

    public string Directory { get; } = directory;

    public PodSandboxConfig Config { get; } = config;

    public SandboxRecord Record => _record;

    public void Save(SandboxRecord next)
    {
        ProcessRecordFiles.Write(Directory, next, ProcessRecordsContext.Default.SandboxRecord);
        _record = next;
    }

    public PodSandboxStatus ToStatus()
    {
        PodSandboxStatus status = new()
        {
            Id = Id,
            Metadata = Config.Metadata,
            State = State,
            CreatedAt = _record.CreatedAt,
            Network = new PodSandboxNetworkStatus { Ip = _record.Address ?? "" },
            Linux = new LinuxPodSandboxStatus
            {
                Namespaces = new Namespace { Options = new NamespaceOption { Network = NamespaceMode.Node, Pid = NamespaceMode.Node, Ipc = NamespaceMode.Node } },
            },
            RuntimeHandler = _record.RuntimeHandler,
        };
        status.Labels.Add(Config.Labels);
        status.Annotations.Add(Config.Annotations);
        return status;
    }

    public PodSandbox ToListed()
    {
        PodSandbox listed = new()
        {
            Id = Id,
            Metadata = Config.Metadata,
            State = State,
            CreatedAt = _record.CreatedAt,
            RuntimeHandler = _record.RuntimeHandler,
        };
        listed.Labels.Add(Config.Labels);
        listed.Annotations.Add(Config.Annotations);
        return listed;
    }

    private PodSandboxState State => _record.Ready ? PodSandboxState.SandboxReady : PodSandboxState.SandboxNotready;
}
