using Kube.Api.Core.V1;
using Kube.Api.Meta.V1;
using Kube.Api.Values;
using Kube.Scheduler.Framework;

namespace Kube.Scheduler.Tests;

/// <summary>Short ways to write pods and nodes.</summary>
internal static class Build
{
    public static Pod Pod(string name, string? cpu = null, string? memory = null, int priority = 0, Action<PodSpec>? with = null)
    {
        var requests = new Dictionary<string, Quantity>();
        if (cpu is not null)
        {
            requests["cpu"] = Quantity.Parse(cpu);
        }

        if (memory is not null)
        {
            requests["memory"] = Quantity.Parse(memory);
        }

        var spec = new PodSpec
        {
            SchedulerName = "default-scheduler",
            Priority = priority,
            Containers = [new Container { Name = "c", Resources = new ResourceRequirements { Requests = requests } }],
        };
        with?.Invoke(spec);
        return new Pod { Metadata = new ObjectMeta { Name = name, Namespace = "default", Uid = "uid-" + name }, Spec = spec };
    }

    public static PodInfo Info(string name, string? cpu = null, string? memory = null, int priority = 0, Action<PodSpec>? with = null) =>
        new(Pod(name, cpu, memory, priority, with));

    public static Node Node(string name, string cpu = "4", string memory = "8Gi", string pods = "110", Action<Node>? with = null)
    {
        var node = new Node
        {
            Metadata = new ObjectMeta { Name = name, Labels = new() { ["kubernetes.io/hostname"] = name } },
            Spec = new NodeSpec(),
            Status = new NodeStatus
            {
                Allocatable = new()
                {
                    ["cpu"] = Quantity.Parse(cpu),
                    ["memory"] = Quantity.Parse(memory),
                    ["pods"] = Quantity.Parse(pods),
                },
            },
        };
        with?.Invoke(node);
        return node;
    }

    public static NodeInfo NodeInfo(Node node, params PodInfo[] pods)
    {
        var info = new NodeInfo(node.Metadata.Name!);
        info.SetNode(node);
        foreach (var pod in pods)
        {
            info.AddPod(pod);
        }

        return info;
    }
}
