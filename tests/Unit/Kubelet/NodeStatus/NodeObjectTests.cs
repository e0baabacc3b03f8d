using Kube.Api.Core.V1;
using Kube.Api.Values;
using Kube.Kubelet.NodeStatus;
using Kube.Kubelet.Tests.Fakes;

namespace Kube.Kubelet.Tests.NodeStatus;

public class NodeObjectTests
{
    private static readonly NodeDescription Description = new()
    {
        Name = "n",
        Address = "10.0.0.1",
        Machine = new MachineFacts(),
        Capacity = new Dictionary<string, Quantity>(),
        Allocatable = new Dictionary<string, Quantity>(),
        RuntimeVersion = "process://1",
        KubeletVersion = "v1",
        Port = 10250,
    };

    [Theory]
    [InlineData("MemoryPressure", "KubeletHasSufficientMemory", "KubeletHasInsufficientMemory", "kubelet has insufficient memory available")]
    [InlineData("DiskPressure", "KubeletHasNoDiskPressure", "KubeletHasDiskPressure", "kubelet has disk pressure")]
    [InlineData("PIDPressure", "KubeletHasSufficientPID", "KubeletHasInsufficientPID", "kubelet has insufficient PID available")]
    public void A_pressure_is_a_condition_and_keeps_the_time_since_when(string type, string fine, string reason, string message)
    {
        Kube.Api.Core.V1.NodeStatus calm = NodeObject.Status(Description, new NodeObservation { Now = Pods.Now }, null);
        NodeObservation pressed = new() { Now = Pods.Now.AddMinutes(1), Pressures = new HashSet<string> { type } };
        Kube.Api.Core.V1.NodeStatus status = NodeObject.Status(Description, pressed, calm);
        NodeCondition later = Find(NodeObject.Status(Description, pressed with { Now = Pods.Now.AddMinutes(2) }, status));

        Assert.Equal(("False", fine), (Find(calm).Status, Find(calm).Reason));
        Assert.Equal(("True", reason, message), (Find(status).Status, Find(status).Reason, Find(status).Message));
        Assert.Equal((Time)Pods.Now.AddMinutes(1), later.LastTransitionTime);
        Assert.Equal((Time)Pods.Now.AddMinutes(2), later.LastHeartbeatTime);

        NodeCondition Find(Kube.Api.Core.V1.NodeStatus of) => of.Conditions!.Find(c => c.Type == type)!;
    }

    [Fact]
    public void A_node_that_shuts_down_is_not_ready_and_says_why()
    {
        Kube.Api.Core.V1.NodeStatus status = NodeObject.Status(Description, new NodeObservation { Now = Pods.Now, NotReady = ["node is shutting down"] }, null);
        NodeCondition ready = status.Conditions!.Find(c => c.Type == "Ready")!;

        Assert.Equal(("False", "KubeletNotReady", "node is shutting down"), (ready.Status, ready.Reason, ready.Message));
    }
}
