using Kube.Api.Apps.V1;
using Kube.Api.Core.V1;
using Kube.Api.Meta.V1;
using Kube.Api.Values;

namespace Kube.Controllers.Tests;

/// <summary>Small objects for tables.</summary>
internal static class Make
{
    public static readonly DateTimeOffset Now = new(2026, 1, 1, 12, 0, 0, TimeSpan.Zero);

    public static Pod Pod(
        string name, string phase = "Running", bool isReady = true, string? node = "n", int readyForSeconds = 60, int ageSeconds = 100, int restarts = 0)
    {
        return new Pod
        {
            Metadata = { Name = name, Namespace = "ns", Uid = "uid-" + name, CreationTimestamp = new Time(Now.AddSeconds(-ageSeconds)), Labels = new() { ["app"] = "a" } },
            Spec = new PodSpec { NodeName = node, Containers = [new Container { Name = "c", Ports = [new ContainerPort { Name = "http", ContainerPortValue = 8080, Protocol = "TCP" }] }] },
            Status = new PodStatus
            {
                Phase = phase,
                PodIP = "10.0.0." + (name[^1] - '0' + 1),
                Conditions = [new PodCondition { Type = "Ready", Status = isReady ? "True" : "False", LastTransitionTime = new Time(Now.AddSeconds(-readyForSeconds)) }],
                ContainerStatuses = [new ContainerStatus { Name = "c", RestartCount = restarts }],
            },
        };
    }

    public static Deployment Deployment(int replicas, IntOrString? surge = null, IntOrString? unavailable = null, string type = "RollingUpdate") => new()
    {
        Metadata = { Name = "web", Namespace = "ns", Uid = "d", Generation = 1 },
        Spec = new DeploymentSpec
        {
            Replicas = replicas,
            Selector = new LabelSelector { MatchLabels = new() { ["app"] = "web" } },
            Template = new PodTemplateSpec { Metadata = new ObjectMeta { Labels = new() { ["app"] = "web" } }, Spec = new PodSpec { Containers = [new Container { Name = "c", Image = "i" }] } },
            Strategy = new DeploymentStrategy
            {
                Type = type,
                RollingUpdate = type == "Recreate" ? null : new RollingUpdateDeployment { MaxSurge = surge ?? "25%", MaxUnavailable = unavailable ?? "25%" },
            },
            ProgressDeadlineSeconds = 600,
            RevisionHistoryLimit = 10,
        },
    };

    public static ReplicaSet Set(string name, int size, int? available = null, int ageSeconds = 10, int? desired = null, int? max = null)
    {
        var set = new ReplicaSet
        {
            Metadata = { Name = name, Namespace = "ns", Uid = "uid-" + name, CreationTimestamp = new Time(Now.AddSeconds(-ageSeconds)) },
            Spec = new ReplicaSetSpec { Replicas = size },
            Status = new ReplicaSetStatus { Replicas = size, ReadyReplicas = available ?? size, AvailableReplicas = available ?? size },
        };
        if (desired is { } d)
        {
            Kube.Controllers.Deployments.DeploymentAnnotations.SetReplicas(set, d, max ?? d);
        }

        return set;
    }
}
