using Kube.Api.Core.V1;
using Kube.Api.Values;
using Cri = Kube.Proto.Cri.V1;

namespace Kube.Kubelet.PodWorkers;

/// <summary>Why a container is not running yet: the reason and message of its waiting state.</summary>
internal sealed record WaitingReason(string Reason, string Message);

/// <summary>What a pod's status is made from beside the pod and the runtime's word.</summary>
internal sealed record PodStatusInputs
{
    public required IProbeResults Probes { get; init; }

    public required DateTimeOffset Now { get; init; }

    public required IReadOnlyList<string> HostAddresses { get; init; }

    /// <summary>Name of the runtime, before :// in container ids.</summary>
    public required string RuntimeName { get; init; }

    /// <summary>Start failures by container name; those that run are not looked up.</summary>
    public IReadOnlyDictionary<string, WaitingReason> Waiting { get; init; } = new Dictionary<string, WaitingReason>();

    /// <summary>Set when the pod is at its end and no container of it will be started again.</summary>
    public bool Terminal { get; init; }

    /// <summary>How far a wish for other resources is; null without one.</summary>
    public string? Resize { get; init; }

    /// <summary>The resources that a running container has; null when that is not known.</summary>
    public Func<RuntimeContainer, ResourceRequirements?> Applied { get; init; } = static _ => null;

    /// <summary>Message of a terminated container, as its termination message path or log gives it; null for none.</summary>
    public Func<Container, RuntimeContainer, string?> TerminationMessage { get; init; } = static (_, _) => null;
}

/// <summary>In which of a pod's lists a container is.</summary>
internal enum ContainerRole
{
    Main,
    Init,
    Ephemeral,
}

/// <summary>
/// Makes the status that the API server gets from what the runtime says: container states, phase, conditions and
/// addresses as Kubernetes 1.32 reports them. Pure.
/// </summary>
internal static partial class PodStatusBuilder
{
    public const string PodInitializing = "PodInitializing";
    public const string ContainerCreating = "ContainerCreating";

    /// <summary><paramref name="previous"/> is the status last made or, at first, the API server's.</summary>
    public static PodStatus Build(Pod pod, PodRuntimeStatus runtime, PodStatus? previous, PodStatusInputs inputs)
    {
        bool initialized = pod.Containers().Any(c => runtime.Find(c.Name) is not null);
        PodStatus status = new()
        {
            Message = previous?.Message,
            Reason = previous?.Reason,
            NominatedNodeName = previous?.NominatedNodeName,
            StartTime = previous?.StartTime ?? (Time)inputs.Now,
            QosClass = previous?.QosClass ?? QosClass.Of(pod),
            ResourceClaimStatuses = previous?.ResourceClaimStatuses,
            Resize = inputs.Resize,
        };
        List<ContainerStatus> init =
        [
            .. pod.InitContainers().Select((c, i) =>
                ToContainerStatus(pod, c, runtime, previous?.InitContainerStatuses, inputs, ContainerRole.Init, waiting: PodInitializing)),
        ];
        string waiting = pod.InitContainers().Count > 0 && !initialized ? PodInitializing : ContainerCreating;
        List<ContainerStatus> main =
        [
            .. pod.Containers().Select(c =>
                ToContainerStatus(pod, c, runtime, previous?.ContainerStatuses, inputs, ContainerRole.Main, waiting)),
        ];
        List<ContainerStatus> ephemeral =
        [
            .. pod.EphemeralContainers().Select(c =>
                ToContainerStatus(pod, c, runtime, previous?.EphemeralContainerStatuses, inputs, ContainerRole.Ephemeral, waiting)),
        ];
        status.EphemeralContainerStatuses = ephemeral.Count > 0 ? [.. ephemeral.OrderBy(static c => c.Name, StringComparer.Ordinal)] : null;
        status.InitContainerStatuses = init.Count > 0 ? init : null;
        status.ContainerStatuses = [.. main.OrderBy(static c => c.Name, StringComparer.Ordinal)];
        status.Phase = previous.IsTerminal() ? previous!.Phase : Phase(pod, init, main, inputs.Terminal);
        SetAddresses(pod, status, runtime, previous, inputs);
        status.Conditions = Conditions(pod, status, runtime, previous, inputs.Now);
        return status;
    }

    /// <summary>The status of a pod that this node refuses to run, or has ended by a rule of its own.</summary>
    public static PodStatus Failed(Pod pod, PodStatus? previous, string reason, string message, DateTimeOffset now) => new()
    {
        Phase = "Failed",
        Reason = reason,
        Message = message,
        QosClass = previous?.QosClass ?? QosClass.Of(pod),
        StartTime = previous?.StartTime ?? (Time)now,
        Conditions = previous?.Conditions,
        HostIP = previous?.HostIP,
        HostIPs = previous?.HostIPs,
        PodIP = previous?.PodIP,
        PodIPs = previous?.PodIPs,
        ContainerStatuses = previous?.ContainerStatuses,
        InitContainerStatuses = previous?.InitContainerStatuses,
    };

    private static void SetAddresses(Pod pod, PodStatus status, PodRuntimeStatus runtime, PodStatus? previous, PodStatusInputs inputs)
    {
        status.HostIP = inputs.HostAddresses.Count > 0 ? inputs.HostAddresses[0] : null;
        status.HostIPs = [.. inputs.HostAddresses.Select(a => new HostIP { Ip = a })];
        IReadOnlyList<string> addresses = pod.Spec?.HostNetwork ?? false
            ? (runtime.Sandboxes.Count > 0 || previous?.PodIP is not null ? inputs.HostAddresses : [])
            : runtime.Addresses;
        if (addresses.Count > 0)
        {
            status.PodIP = addresses[0];
            status.PodIPs = [.. addresses.Select(a => new PodIP { Ip = a })];
        }
        else
        {
            // An ended pod keeps the address it had.
            status.PodIP = previous?.PodIP;
            status.PodIPs = previous?.PodIPs;
        }
    }

    private static ContainerStatus ToContainerStatus(
        Pod pod,
        Container container,
        PodRuntimeStatus runtime,
        List<ContainerStatus>? previous,
        PodStatusInputs inputs,
        ContainerRole role,
        string waiting)
    {
        RuntimeContainer? newest = runtime.Find(container.Name);
        ContainerStatus? old = previous?.Find(c => c.Name == container.Name);
        ContainerStatus status = new() { Name = container.Name, Image = container.Image, ImageID = "", State = new ContainerState(), LastState = new ContainerState(), VolumeMounts = VolumeMounts(container) };
        if (newest is null)
        {
            Missing(pod, container, status, old, inputs, waiting);
        }
        else
        {
            Found(container, status, newest, runtime, inputs, waiting);
        }

        if (inputs.Waiting.TryGetValue(container.Name!, out WaitingReason? reason)
            && newest is not { Running: true }
            && (PodActionsComputer.ShouldRestart(pod, container, runtime) || newest is null)
            && !(role == ContainerRole.Init && !container.IsSidecar() && newest is { Exited: true, Status.ExitCode: 0 })
            && !inputs.Terminal)
        {
            if (status.State!.Terminated is not null)
            {
                status.LastState = status.State;
            }

            status.State = new ContainerState { Waiting = new ContainerStateWaiting { Reason = reason.Reason, Message = reason.Message } };
        }

        if (role == ContainerRole.Main)
        {
            SetResources(container, status, newest, inputs);
        }

        Readiness(container, status, newest, inputs.Probes, role);
        return status;
    }

    /// <summary>What the node has given the container and what it has, for containers that ask for anything.</summary>
    private static void SetResources(Container container, ContainerStatus status, RuntimeContainer? newest, PodStatusInputs inputs)
    {
        if (container.Resources is { Requests.Count: > 0 } or { Limits.Count: > 0 })
        {
            status.AllocatedResources = container.Resources.Requests;
            status.Resources = (newest is { Running: true } ? inputs.Applied(newest) : null) ?? container.Resources;
        }
    }

    private static List<VolumeMountStatus>? VolumeMounts(Container container) => container.VolumeMounts is not { Count: > 0 } mounts ? null :
    [
        .. mounts.Select(static m => new VolumeMountStatus
        {
            Name = m.Name,
            MountPath = m.MountPath,
            ReadOnly = m.ReadOnly,
            RecursiveReadOnly = m.ReadOnly ? "Disabled" : null,
        }),
    ];

    private static void Missing(
        Pod pod, Container container, ContainerStatus status, ContainerStatus? old, PodStatusInputs inputs, string waiting)
    {
        status.RestartCount = old?.RestartCount ?? 0;
        if (old?.State?.Terminated is not null)
        {
            // The runtime forgot a container that had ended: what was reported stays.
            status.State = old.State;
            status.LastState = old.LastState ?? new ContainerState();
            status.ImageID = old.ImageID ?? "";
            status.ContainerID = old.ContainerID;
            return;
        }

        if (old?.State?.Running is not null)
        {
            ContainerStateTerminated lost = new()
            {
                Reason = "ContainerStatusUnknown",
                Message = "The container could not be located when the pod was terminated",
                ExitCode = 137,
            };
            if (inputs.Terminal || pod.IsDeleting() || pod.RestartPolicyOrDefault() == PodExtensions.Never)
            {
                status.State = new ContainerState { Terminated = lost };
                return;
            }

            lost.Message = "The container could not be located when the pod was deleted.  The container used to be Running";
            status.LastState = new ContainerState { Terminated = lost };
            status.RestartCount = old.RestartCount + 1;
        }

        status.State = new ContainerState { Waiting = new ContainerStateWaiting { Reason = waiting } };
    }

    private static void Found(
        Container container,
        ContainerStatus status,
        RuntimeContainer newest,
        PodRuntimeStatus runtime,
        PodStatusInputs inputs,
        string waiting)
    {
        status.ContainerID = inputs.RuntimeName + "://" + newest.Id;
        status.Image = newest.Status.Image?.UserSpecifiedImage is { Length: > 0 } said ? said : newest.Status.Image?.Image is { Length: > 0 } image ? image : container.Image;
        status.ImageID = newest.Status.ImageRef;
        status.RestartCount = newest.RestartCount;
        status.State = ToState(container, newest, inputs, waiting);
        RuntimeContainer? last = runtime.Containers.FirstOrDefault(c => c.Name == container.Name && c.Id != newest.Id && c.Exited);
        if (last is not null)
        {
            status.LastState = ToState(container, last, inputs, waiting);
        }
    }

    private static ContainerState ToState(Container container, RuntimeContainer found, PodStatusInputs inputs, string waiting) =>
        found.Status.State switch
        {
            Cri.ContainerState.ContainerRunning => new ContainerState { Running = new ContainerStateRunning { StartedAt = FromNanoseconds(found.Status.StartedAt) } },
            Cri.ContainerState.ContainerExited => new ContainerState
            {
                Terminated = new ContainerStateTerminated
                {
                    ExitCode = found.Status.ExitCode,
                    Reason = found.Status.Reason,
                    Message = found.Status.Message.Length > 0 ? found.Status.Message : inputs.TerminationMessage(container, found),
                    StartedAt = FromNanoseconds(found.Status.StartedAt),
                    FinishedAt = FromNanoseconds(found.Status.FinishedAt),
                    ContainerID = inputs.RuntimeName + "://" + found.Id,
                },
            },
            _ => new ContainerState { Waiting = new ContainerStateWaiting { Reason = waiting } },
        };

    private static void Readiness(Container container, ContainerStatus status, RuntimeContainer? newest, IProbeResults probes, ContainerRole role)
    {
        if (role == ContainerRole.Ephemeral)
        {
            // Nobody waits for it, and nothing probes it.
            status.Ready = false;
            return;
        }

        bool running = status.State!.Running is not null;
        bool started = running && (container.StartupProbe is null || probes.Startup(newest!.Id) == true);
        if (role == ContainerRole.Init && !container.IsSidecar())
        {
            status.Started = running;
            status.Ready = status.State.Terminated is { ExitCode: 0 };
            return;
        }

        status.Started = started;
        status.Ready = started && (container.ReadinessProbe is null || probes.Readiness(newest!.Id) == true);
    }

    /// <summary>A time of CRI; zero is Kubernetes' word for the epoch, which stands for unknown.</summary>
    internal static Time FromNanoseconds(long nanoseconds) => (Time)DateTimeOffset.UnixEpoch.AddTicks(nanoseconds / 100);
}
