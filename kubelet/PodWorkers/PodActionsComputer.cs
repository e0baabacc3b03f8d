using Kube.Api.Core.V1;
using Cri = Kube.Proto.Cri.V1;

namespace Kube.Kubelet.PodWorkers;

/// <summary>
/// Decides what to do next for a pod that should run, from what the pod asks and what the runtime says. Pure: the same
/// arguments give the same answer. Back-off is not its matter: it says what should start, not when.
/// </summary>
internal static class PodActionsComputer
{
    /// <param name="pod">The pod, with the resources that the node has given it.</param>
    /// <param name="status">What the runtime says.</param>
    /// <param name="probes">What the probes say.</param>
    /// <param name="applied">The resources that a running container has; null when that is not known.</param>
    public static PodActions Compute(
        Pod pod, PodRuntimeStatus status, IProbeResults probes, Func<RuntimeContainer, ResourceRequirements?>? applied = null)
    {
        (bool changed, uint attempt) = SandboxChanged(pod, status);
        if (changed)
        {
            return OnNewSandbox(pod, status, attempt);
        }

        List<ContainerToKill> kill = [];
        (bool initialized, bool failed, List<Container> initToStart) = Initialize(pod, status, probes, kill);
        if (failed)
        {
            return new PodActions { KillPod = true };
        }

        List<Container> ephemeral = [.. pod.EphemeralContainers().Where(c => ShouldRestart(pod, c, status))];
        if (!initialized)
        {
            return new PodActions { EphemeralContainersToStart = ephemeral, InitContainersToStart = initToStart, ContainersToKill = kill };
        }

        List<ContainerToUpdate> update = [];
        (List<Container> start, int kept) = Main(pod, status, probes, applied, kill, update);
        return kept == 0 && start.Count == 0
            ? new PodActions { KillPod = true }
            : new PodActions
            {
                EphemeralContainersToStart = ephemeral,
                InitContainersToStart = initToStart,
                ContainersToStart = start,
                ContainersToKill = kill,
                ContainersToUpdate = update,
            };
    }

    /// <summary>Whether a container that is not running should be started again, now or after its back-off.</summary>
    public static bool ShouldRestart(Pod pod, Container container, PodRuntimeStatus status)
    {
        if (pod.IsDeleting())
        {
            return false;
        }

        RuntimeContainer? found = status.Find(container.Name);
        return found?.Status.State switch
        {
            null => true,
            // Whoever wants another look adds another one.
            not null when pod.IsEphemeral(container) => false,
            Cri.ContainerState.ContainerRunning => false,
            Cri.ContainerState.ContainerExited when container.IsSidecar() => true,
            Cri.ContainerState.ContainerExited => pod.RestartPolicyOrDefault() switch
            {
                PodExtensions.Never => false,
                PodExtensions.OnFailure => found.Status.ExitCode != 0,
                _ => true,
            },
            _ => true,
        };
    }

    private static (bool Changed, uint Attempt) SandboxChanged(Pod pod, PodRuntimeStatus status)
    {
        if (status.Sandbox is not { } sandbox)
        {
            return (true, 0);
        }

        uint next = sandbox.Metadata.Attempt + 1;
        return sandbox.State != Cri.PodSandboxState.SandboxReady
            || (!(pod.Spec?.HostNetwork ?? false) && sandbox.Network?.Ip is null or "")
            ? (true, next)
            : (false, sandbox.Metadata.Attempt);
    }

    private static PodActions OnNewSandbox(Pod pod, PodRuntimeStatus status, uint attempt)
    {
        bool mayRestart = pod.RestartPolicyOrDefault() != PodExtensions.Never;
        if (!mayRestart && attempt != 0 && status.Containers.Count > 0)
        {
            // The sandbox went away under a pod that is never started twice.
            return new PodActions { KillPod = true };
        }

        List<Container> start = [.. pod.Containers().Where(c => !Succeeded(pod, c, status))];
        if (start.Count == 0)
        {
            return new PodActions { KillPod = true };
        }

        return new PodActions
        {
            KillPod = status.Sandboxes.Count > 0,
            CreateSandbox = true,
            Attempt = attempt,
            InitContainersToStart = [.. pod.InitContainers().Take(1)],
            ContainersToStart = pod.InitContainers().Count == 0 ? start : [],
        };
    }

    private static bool Succeeded(Pod pod, Container container, PodRuntimeStatus status) =>
        pod.RestartPolicyOrDefault() == PodExtensions.OnFailure
        && status.Find(container.Name) is { Exited: true, Status.ExitCode: 0 };

    /// <summary>
    /// Init containers run one after the other to their end; sidecars among them are started in their turn and kept up.
    /// Only containers of the present sandbox count: a new sandbox begins anew.
    /// </summary>
    private static (bool Initialized, bool Failed, List<Container> Start) Initialize(
        Pod pod,
        PodRuntimeStatus status,
        IProbeResults probes,
        List<ContainerToKill> kill)
    {
        bool past = pod.Containers().Any(c => status.FindInSandbox(c.Name) is not null);
        List<Container> start = [];
        foreach (Container container in pod.InitContainers())
        {
            RuntimeContainer? found = status.FindInSandbox(container.Name);
            if (container.IsSidecar())
            {
                if (found is { Running: true })
                {
                    if (FailedProbe(container, found, probes) is { } why)
                    {
                        kill.Add(new ContainerToKill(found, container, why.Message + ", will be restarted", why.Reason));
                        start.Add(container);
                    }
                    else if (!past && container.StartupProbe is not null && probes.Startup(found.Id) != true)
                    {
                        return (false, false, start);
                    }
                }
                else
                {
                    start.Add(container);
                    if (!past)
                    {
                        return (false, false, start);
                    }
                }
            }
            else if (!past && found is not { Exited: true, Status.ExitCode: 0 })
            {
                if (found is { Exited: true } && pod.RestartPolicyOrDefault() == PodExtensions.Never)
                {
                    return (false, true, []);
                }

                if (found is not { Running: true })
                {
                    start.Add(container);
                }

                return (false, false, start);
            }
        }

        return (true, false, start);
    }

    private static (List<Container> Start, int Kept) Main(
        Pod pod,
        PodRuntimeStatus status,
        IProbeResults probes,
        Func<RuntimeContainer, ResourceRequirements?>? applied,
        List<ContainerToKill> kill,
        List<ContainerToUpdate> update)
    {
        List<Container> start = [];
        int kept = 0;
        foreach (Container container in pod.Containers())
        {
            RuntimeContainer? found = status.Find(container.Name);
            if (found is not { Running: true })
            {
                if (ShouldRestart(pod, container, status))
                {
                    start.Add(container);
                }

                continue;
            }

            bool restart = pod.RestartPolicyOrDefault() != PodExtensions.Never;
            string message;
            string reason = "";
            if (found.Status.Annotations.TryGetValue(KubeletLabels.ContainerHash, out string? hash) && hash != container.Hash())
            {
                message = $"Container {container.Name} definition changed";
                restart = true;
            }
            else if (FailedProbe(container, found, probes) is { } why)
            {
                (message, reason) = why;
            }
            else
            {
                ResizeStep step = applied?.Invoke(found) is { } has ? PodResize.Step(container, has) : ResizeStep.None;
                if (step == ResizeStep.Restart)
                {
                    kill.Add(new ContainerToKill(found, container, $"Container {container.Name} resize requires restart", ""));
                    start.Add(container);
                    continue;
                }

                if (step == ResizeStep.Update)
                {
                    update.Add(new ContainerToUpdate(found, container));
                }

                kept++;
                continue;
            }

            if (restart)
            {
                message += ", will be restarted";
                start.Add(container);
            }

            kill.Add(new ContainerToKill(found, container, message, reason));
        }

        return (start, kept);
    }

    private static (string Message, string Reason)? FailedProbe(Container container, RuntimeContainer found, IProbeResults probes)
    {
        if (container.LivenessProbe is not null && probes.Liveness(found.Id) == false)
        {
            return ($"Container {container.Name} failed liveness probe", "Unhealthy");
        }

        return container.StartupProbe is not null && probes.Startup(found.Id) == false
            ? ($"Container {container.Name} failed startup probe", "Unhealthy")
            : null;
    }
}
