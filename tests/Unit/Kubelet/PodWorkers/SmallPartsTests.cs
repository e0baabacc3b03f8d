using System.Text.Json.Nodes;
using FsCheck;
using FsCheck.Fluent;
using Kube.Api.Core.V1;
using Kube.Api.Values;
using Kube.Kubelet.PodWorkers;
using Kube.Kubelet.Tests.Fakes;
using static Kube.Kubelet.Tests.Fakes.Pods;

namespace Kube.Kubelet.Tests.PodWorkers;

public sealed class SmallPartsTests
{
    [Theory]
    [InlineData("plain", "plain")]
    [InlineData("$(A)-$(B)", "1-two")]
    [InlineData("$(MISSING)", "$(MISSING)")]
    [InlineData("$$(A)", "$(A)")]
    [InlineData("$$$(A)", "$1")]
    [InlineData("$(A", "$(A")]
    [InlineData("100$", "100$")]
    [InlineData("$x", "$x")]
    public void References_are_expanded_as_Kubernetes_does(string text, string expected) =>
        Assert.Equal(expected, Expansion.Expand(text, new Dictionary<string, string> { ["A"] = "1", ["B"] = "two" }));

    [Fact]
    public void Text_without_a_dollar_expands_to_itself() =>
        Check.QuickThrowOnFailure(Prop.ForAll<NonNull<string>>(text =>
            Expansion.Expand(text.Get.Replace("$", ""), new Dictionary<string, string>()) == text.Get.Replace("$", "")));

    [Theory]
    [InlineData(10_000, "10s")]
    [InlineData(80_000, "1m20s")]
    [InlineData(300_000, "5m0s")]
    [InlineData(1_500, "1.5s")]
    [InlineData(42, "42ms")]
    [InlineData(0, "0s")]
    [InlineData(3_600_000, "1h0m0s")]
    public void Durations_read_as_in_Go(int milliseconds, string expected) =>
        Assert.Equal(expected, GoDuration.Format(TimeSpan.FromMilliseconds(milliseconds)));

    [Fact]
    public void Back_off_doubles_to_five_minutes_and_is_forgotten_after_ten()
    {
        ContainerBackOff backOff = new();
        DateTimeOffset now = Now;
        List<double> delays = [];
        for (int i = 0; i < 7; i++)
        {
            backOff.Next("c", now, now);
            delays.Add(backOff.Delay("c").TotalSeconds);
        }

        Assert.Equal([10, 20, 40, 80, 160, 300, 300], delays);
        Assert.Equal(TimeSpan.FromSeconds(200), backOff.Remaining("c", now, now.AddSeconds(100)));
        Assert.Equal(TimeSpan.Zero, backOff.Remaining("c", now.AddMinutes(11), now.AddMinutes(11)));
        backOff.Next("c", now.AddMinutes(11), now.AddMinutes(11));
        Assert.Equal(10, backOff.Delay("c").TotalSeconds);
    }

    [Theory]
    [InlineData(1, "1 1 1")]
    [InlineData(30, "10 20 30")]
    [InlineData(300, "10 20 40")]
    public void Back_off_goes_no_further_than_the_node_lets_it(int maxSeconds, string expected)
    {
        ContainerBackOff backOff = ContainerBackOff.UpTo(TimeSpan.FromSeconds(maxSeconds));
        IEnumerable<double> delays = Enumerable.Range(0, 3).Select(_ =>
        {
            backOff.Next("c", Now, Now);
            return backOff.Delay("c").TotalSeconds;
        });
        Assert.Equal(expected, string.Join(' ', delays));
    }

    [Fact]
    public void A_pod_that_asks_for_too_much_is_refused_with_the_numbers()
    {
        Dictionary<string, Quantity> allocatable = new() { ["cpu"] = Quantity.Parse("2"), ["memory"] = Quantity.Parse("1Gi"), ["pods"] = new Quantity(2) };
        Pod one = Asking("cpu", "1500m");
        Node node = new() { Metadata = { Name = "n" } };
        Assert.Null(PodAdmission.Check(Asking("cpu", "500m"), [one], allocatable, node));
        PodRejection refused = PodAdmission.Check(Asking("cpu", "501m"), [one], allocatable, node)!;
        Assert.Equal("OutOfcpu", refused.Reason);
        Assert.Equal("Node didn't have enough resource: cpu, requested: 501, used: 1500, capacity: 2000", refused.Message);
        Assert.Equal("OutOfpods", PodAdmission.Check(Pod(), [one, one], allocatable, node)!.Reason);
        allocatable["example.com/gpu"] = new Quantity(1);
        Assert.Equal("OutOfexample.com/gpu", PodAdmission.Check(Asking("example.com/gpu", "2"), [], allocatable, node)!.Reason);
        Assert.Null(PodAdmission.Check(Asking("example.com/elsewhere", "2"), [], allocatable, node));
    }

    [Theory]
    [InlineData("labels", "NodeAffinity", "Predicate NodeAffinity failed: node(s) didn't match Pod's node affinity/selector")]
    [InlineData("affinity", "NodeAffinity", "Predicate NodeAffinity failed: node(s) didn't match Pod's node affinity/selector")]
    [InlineData("name", "NodeName", "Predicate NodeName failed: node(s) didn't match the requested node name")]
    [InlineData("port", "NodePorts", "Predicate NodePorts failed: node(s) didn't have free ports for the requested pod ports")]
    [InlineData("taint", "TaintToleration", "Predicate TaintToleration failed: node(s) had taints that the pod didn't tolerate")]
    [InlineData("nothing", null, null)]
    [InlineData("another address of a port", null, null)]
    [InlineData("a taint that keeps new pods away", null, null)]
    public void A_pod_that_does_not_suit_the_node_is_refused_in_Kubernetes_words(string what, string? reason, string? message)
    {
        Node node = new() { Metadata = { Name = "n", Labels = new() { ["disk"] = "hdd" } }, Spec = new NodeSpec() };
        Pod pod = Pod();
        Pod other = Pod();
        other.Spec!.Containers![0].Ports = [new ContainerPort { ContainerPortValue = 80, HostPort = 80, HostIP = "127.0.0.1" }];
        switch (what)
        {
            case "labels":
                pod.Spec!.NodeSelector = new() { ["disk"] = "ssd" };
                break;
            case "affinity":
                NodeSelectorTerm term = new() { MatchExpressions = [new NodeSelectorRequirement { Key = "disk", Operator = "NotIn", Values = ["hdd"] }] };
                pod.Spec!.Affinity = new Affinity
                {
                    NodeAffinity = new NodeAffinity { RequiredDuringSchedulingIgnoredDuringExecution = new NodeSelector { NodeSelectorTerms = [term] } },
                };
                break;
            case "name":
                pod.Spec!.NodeName = "another";
                break;
            case "port":
                pod.Spec!.Containers![0].Ports = [new ContainerPort { ContainerPortValue = 8080, HostPort = 80, Protocol = "TCP" }];
                break;
            case "another address of a port":
                pod.Spec!.Containers![0].Ports = [new ContainerPort { ContainerPortValue = 8080, HostPort = 80, HostIP = "127.0.0.2" }];
                break;
            case "taint":
                node.Spec.Taints = [new Taint { Key = "a", Effect = "NoExecute" }];
                break;
            case "a taint that keeps new pods away":
                node.Spec.Taints = [new Taint { Key = "a", Effect = "NoSchedule" }];
                break;
        }

        PodRejection? refused = PodAdmission.Check(pod, [other], new Dictionary<string, Quantity>(), node);
        Assert.Equal((reason, message), (refused?.Reason, refused?.Message));
    }

    [Fact]
    public void A_pod_asks_for_its_containers_or_its_largest_init_container()
    {
        Pod pod = Asking("cpu", "100m");
        pod.Spec!.InitContainers = [Container("cpu", "300m"), Container("cpu", "200m")];
        Assert.Equal(300, PodAdmission.Request(pod, "cpu"));
        pod.Spec.InitContainers[0].RestartPolicy = "Always";
        Assert.Equal(500, PodAdmission.Request(pod, "cpu"));
    }

    [Fact]
    public void The_status_patch_names_what_changed_and_nothing_else()
    {
        Pod pod = Pod();
        PodStatus from = new() { Phase = "Pending", PodIP = "10.0.0.1", PodIPs = [new PodIP { Ip = "10.0.0.1" }], Message = "old", Conditions = [Condition("Ready", "False", "X"), Condition("Initialized", "True", null)] };
        PodStatus to = new() { Phase = "Running", PodIP = "10.0.0.2", PodIPs = [new PodIP { Ip = "10.0.0.2" }], Conditions = [Condition("Ready", "True", null), Condition("Initialized", "True", null), Condition("Foreign", "True", null)] };
        JsonObject patch = StatusPatch.Between(pod, StatusPatch.Json(from), StatusPatch.Json(to))!;
        Assert.Equal("u1", patch["metadata"]!["uid"]!.GetValue<string>());
        JsonObject status = patch["status"]!.AsObject();
        Assert.Equal(["conditions", "message", "phase", "podIP", "podIPs"], status.Select(p => p.Key).Order());
        Assert.Null(status["message"]);
        Assert.Equal("""[{"$patch":"replace"},{"ip":"10.0.0.2"}]""", status["podIPs"]!.ToJsonString());
        JsonObject condition = Assert.Single(status["conditions"]!.AsArray())!.AsObject();
        Assert.Equal("Ready", condition["type"]!.GetValue<string>());
        Assert.True(condition.ContainsKey("reason") && condition["reason"] is null);
        Assert.Null(StatusPatch.Between(pod, StatusPatch.Json(to), StatusPatch.Json(to)));
    }

    [Theory]
    [InlineData("busybox", "busybox:latest")]
    [InlineData("busybox:1", "busybox:1")]
    [InlineData("127.0.0.1:5000/busybox", "127.0.0.1:5000/busybox:latest")]
    [InlineData("a/b@sha256:abc", "a/b@sha256:abc")]
    public void An_image_without_a_tag_is_the_latest(string image, string expected) => Assert.Equal(expected, ImagePuller.WithTag(image));

    [Fact]
    public void Services_are_told_in_variables()
    {
        Dictionary<string, string> variables = [];
        Service web = new()
        {
            Metadata = new Api.Meta.V1.ObjectMeta { Name = "my-web", Namespace = "default" },
            Spec = new ServiceSpec { ClusterIP = "10.96.0.9", Ports = [new ServicePort { Name = "http", Port = 80, Protocol = "TCP" }] },
        };
        ServiceVariables.Add(variables, [web], "default", links: true);
        Assert.Equal("10.96.0.9", variables["MY_WEB_SERVICE_HOST"]);
        Assert.Equal("80", variables["MY_WEB_SERVICE_PORT_HTTP"]);
        Assert.Equal("tcp://10.96.0.9:80", variables["MY_WEB_PORT_80_TCP"]);
        variables.Clear();
        ServiceVariables.Add(variables, [web], "other", links: true);
        Assert.Empty(variables);
    }

    private static PodCondition Condition(string type, string status, string? reason) => new() { Type = type, Status = status, Reason = reason };

    private static Container Container(string resource, string request) =>
        new() { Name = "c", Resources = new ResourceRequirements { Requests = new Dictionary<string, Quantity> { [resource] = Quantity.Parse(request) } } };

    private static Pod Asking(string resource, string request)
    {
        Pod pod = Pod();
        pod.Spec!.Containers = [Container(resource, request)];
        return pod;
    }
}
