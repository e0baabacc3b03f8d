using FsCheck;
using FsCheck.Fluent;
using Kube.Api.Core.V1;
using Kube.Api.Json;
using Kube.Api.Values;
using Kube.Kubelet.PodWorkers;
using Kube.Kubelet.Tests.Fakes;

namespace Kube.Kubelet.Tests.PodWorkers;

public sealed class PodResizeTests
{
    [Theory]
    [InlineData("100m 200m 1Mi 2Mi", "100m 200m 1Mi 2Mi", "", ResizeStep.None)]
    [InlineData("0.1 200m 1024Ki 2Mi", "100m 200m 1Mi 2Mi", "", ResizeStep.None)]
    [InlineData("100m 300m 1Mi 2Mi", "100m 200m 1Mi 2Mi", "", ResizeStep.Update)]
    [InlineData("150m 200m 1Mi 2Mi", "100m 200m 1Mi 2Mi", "memory", ResizeStep.Update)]
    [InlineData("100m 200m 1Mi 3Mi", "100m 200m 1Mi 2Mi", "memory", ResizeStep.Restart)]
    [InlineData("150m 200m 1Mi 3Mi", "100m 200m 1Mi 2Mi", "cpu", ResizeStep.Restart)]
    [InlineData("150m 200m 1Mi 3Mi", "100m 200m 1Mi 2Mi", "memory", ResizeStep.Restart)]
    public void The_resize_policy_says_whether_a_change_needs_a_restart(string wanted, string has, string restarting, object expected)
    {
        Container container = new()
        {
            Name = "a",
            Resources = Of(wanted),
            ResizePolicy = restarting.Length == 0 ? null : [new ContainerResizePolicy { ResourceName = restarting, RestartPolicy = "RestartContainer" }],
        };
        Assert.Equal(expected, PodResize.Step(container, Of(has)));
    }

    [Fact]
    public void A_container_is_changed_where_it_runs_or_is_started_anew()
    {
        Pod pod = Pods.Pod(containers: ["a", "b"]);
        pod.Spec!.Containers![0].Resources = Of("100m 300m 1Mi 2Mi");
        pod.Spec.Containers[1].Resources = Of("100m 300m 1Mi 2Mi");
        pod.Spec.Containers[1].ResizePolicy = [new ContainerResizePolicy { ResourceName = "cpu", RestartPolicy = "RestartContainer" }];
        PodActions actions = PodActionsComputer.Compute(
            pod, Pods.Seen(true, Pods.Running("a"), Pods.Running("b")), new FakeProbes(), _ => Of("100m 200m 1Mi 2Mi"));
        Assert.Equal("a", Assert.Single(actions.ContainersToUpdate).Container.Name);
        Assert.Equal("Container b resize requires restart", Assert.Single(actions.ContainersToKill).Message);
        Assert.Equal("b", Assert.Single(actions.ContainersToStart).Name);
        Assert.False(actions.KillPod);
    }

    [Fact]
    public void A_status_tells_what_is_given_and_what_is_there()
    {
        Pod pod = Pods.Pod();
        pod.Spec!.Containers![0].Resources = Of("100m 300m 1Mi 2Mi");
        PodStatus status = PodStatusBuilder.Build(pod, Pods.Seen(true, Pods.Running("a")), null, new PodStatusInputs
        {
            Probes = new FakeProbes(),
            Now = Pods.Now,
            HostAddresses = ["127.0.0.1"],
            RuntimeName = "process",
            Resize = PodResize.InProgress,
            Applied = _ => Of("100m 200m 1Mi 2Mi"),
        });
        Assert.Equal("InProgress", status.Resize);
        Assert.Equal("100m", status.ContainerStatuses![0].AllocatedResources!["cpu"].ToString());
        Assert.Equal("200m", status.ContainerStatuses[0].Resources!.Limits!["cpu"].ToString());
    }

    [Fact]
    public void What_was_given_and_applied_outlives_the_kubelet()
    {
        string directory = Directory.CreateTempSubdirectory("allocation-").FullName;
        try
        {
            string file = Path.Combine(directory, "pods", "allocation.json");
            Pod pod = Pods.Pod();
            RuntimeContainer running = Pods.Running("a");
            running.Status.Annotations[KubeletLabels.Resources] = KubeJson.SerializeToString(Of("1 1 1Mi 1Mi"));
            PodAllocation before = PodAllocation.Load(file);
            Assert.Empty(before.Allocated);
            Assert.Equal("1", before.Applied(running)!.Limits!["cpu"].ToString());

            pod.Spec!.Containers![0].Resources = Of("2 2 1Mi 1Mi");
            before.Allocate(pod);
            Assert.Equal("1", PodAllocation.Load(file).Applied(running)!.Limits!["cpu"].ToString());
            before.Apply(running, pod.Spec.Containers[0].Resources!, Pods.Seen(true, running));
            PodAllocation after = PodAllocation.Load(file);
            Assert.Equal("2", after.Allocated["a"].Limits!["cpu"].ToString());
            Assert.Equal("2", after.Applied(running)!.Limits!["cpu"].ToString());

            // A container that is made anew has what it was made with.
            RuntimeContainer next = Pods.Running("a", attempt: 1);
            next.Status.Annotations[KubeletLabels.Resources] = KubeJson.SerializeToString(Of("3 3 1Mi 1Mi"));
            Assert.Equal("3", after.Applied(next)!.Limits!["cpu"].ToString());

            File.WriteAllText(file, "{");
            Assert.Throws<InvalidDataException>(() => PodAllocation.Load(file));
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    [Fact]
    public void Only_a_pod_that_is_larger_than_its_node_can_never_be_served()
    {
        Dictionary<string, Quantity> node = new() { ["cpu"] = Quantity.Parse("2"), ["memory"] = Quantity.Parse("1Gi") };
        Pod pod = Pods.Pod();
        pod.Spec!.Containers![0].Resources = Of("2 4 1Gi 1Gi");
        Assert.False(PodResize.ExceedsNode(pod, node));
        pod.Spec.Containers[0].Resources = Of("2001m 4 1Gi 1Gi");
        Assert.True(PodResize.ExceedsNode(pod, node));
    }

    [Fact]
    public void Other_resources_take_the_place_of_a_containers_own_and_of_nothing_else() =>
        Check.QuickThrowOnFailure(Prop.ForAll<byte, byte>((a, b) =>
        {
            Pod pod = Pods.Pod(containers: ["a", "b"]);
            pod.Spec!.Containers![0].Resources = Of($"{a}m {a}m 1Mi 1Mi");
            Pod other = PodResize.With(pod, new Dictionary<string, ResourceRequirements> { ["a"] = Of($"{b}m {b}m 1Mi 1Mi") });
            return (a == b) == ReferenceEquals(pod, other)
                && other.Spec!.Containers![0].Resources!.Limits!["cpu"] == Quantity.Parse($"{b}m")
                && other.Spec.Containers[1].Resources is null or { Limits: null };
        }));

    /// <summary>CPU request and limit, memory request and limit.</summary>
    private static ResourceRequirements Of(string text)
    {
        Quantity[] values = [.. text.Split(' ').Select(Quantity.Parse)];
        return new ResourceRequirements
        {
            Requests = new Dictionary<string, Quantity> { ["cpu"] = values[0], ["memory"] = values[2] },
            Limits = new Dictionary<string, Quantity> { ["cpu"] = values[1], ["memory"] = values[3] },
        };
    }
}
