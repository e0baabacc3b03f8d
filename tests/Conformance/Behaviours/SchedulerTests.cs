using System.Net;
using System.Text.Json.Nodes;
using Kube.Client.Config;
using Kube.Controllers.Framework;
using Kube.Controllers.Host;
using Kube.Scheduler.Host;
using Kube.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace Kube.Conformance.Tests.Behaviours;

/// <summary>
/// The scheduler before a real API server. It serves pods that name it, so that the pods of other tests are left alone; nodes are
/// objects without a kubelet, and pods have no grace period, so that a deleted one is gone at once.
/// </summary>
[Collection(BehaviourGroup.Name)]
public sealed class SchedulerTests(BehaviourCluster cluster) : IAsyncLifetime
{
    private const string Name = "tested-scheduler";
    private static int nodes;
    private SchedulerHost _scheduler = null!;

    private ApiSession Api => cluster.Admin;

    public async Task InitializeAsync() => _scheduler = await StartAsync(Name);

    public async Task DisposeAsync() => await _scheduler.DisposeAsync();

    [Fact]
    [Behaviour("sched-predicates", "Resource limits")]
    public async Task A_pod_that_asks_for_more_than_is_left_stays_pending()
    {
        var node = await NodeAsync(cpu: "1");
        var ns = await cluster.NamespaceAsync("sched");
        await PodAsync(ns, "filler", On(node, cpu: "700m"));
        Assert.Equal(node, await NodeOfAsync(ns, "filler"));
        await PodAsync(ns, "additional", On(node, cpu: "500m"));
        Assert.Contains("1 Insufficient cpu", await WhyPendingAsync(ns, "additional"));
        await EventAsync(ns, "additional", "FailedScheduling");
        (await Api.DeleteAsync($"api/v1/namespaces/{ns}/pods/filler")).Is(200);
        Assert.Equal(node, await NodeOfAsync(ns, "additional"));
    }

    [Fact]
    [Behaviour("sched-predicates", "Node selector matches")]
    public async Task A_pod_goes_to_the_node_with_the_label()
    {
        await NodeAsync();
        var node = await NodeAsync();
        var ns = await cluster.NamespaceAsync("sched");
        (await Api.PatchAsync($"api/v1/nodes/{node}", """{"metadata":{"labels":{"e2e.example.com/label":"42"}}}""")).Is(200);
        await PodAsync(ns, "with-labels", new JsonObject { ["nodeSelector"] = new JsonObject { ["e2e.example.com/label"] = "42" } });
        Assert.Equal(node, await NodeOfAsync(ns, "with-labels"));
        await EventAsync(ns, "with-labels", "Scheduled");
    }

    [Fact]
    [Behaviour("sched-predicates", "Node selector misses")]
    public async Task A_pod_whose_label_no_node_has_stays_pending()
    {
        await NodeAsync();
        var ns = await cluster.NamespaceAsync("sched");
        await PodAsync(ns, "restricted", new JsonObject { ["nodeSelector"] = new JsonObject { ["label"] = "nonempty" } });
        Assert.Contains("node(s) didn't match Pod's node affinity/selector", await WhyPendingAsync(ns, "restricted"));
    }

    [Fact]
    [Behaviour("sched-predicates", "hostPort with 0.0.0.0")]
    public async Task The_wildcard_address_takes_a_host_port_on_all()
    {
        var node = await NodeAsync();
        var ns = await cluster.NamespaceAsync("sched");
        await PodAsync(ns, "pod4", Port(On(node), "0.0.0.0", "TCP"));
        Assert.Equal(node, await NodeOfAsync(ns, "pod4"));
        await PodAsync(ns, "pod5", Port(On(node), "127.0.0.1", "TCP"));
        Assert.Contains("node(s) didn't have free ports for the requested pod ports", await WhyPendingAsync(ns, "pod5"));
        await PodAsync(ns, "other-protocol", Port(On(node), "127.0.0.1", "UDP"));
        Assert.Equal(node, await NodeOfAsync(ns, "other-protocol"));
    }

    [Fact]
    [Behaviour("preemption", "Basic")]
    public async Task A_more_important_pod_has_a_less_important_one_end()
    {
        var node = await NodeAsync(fake: "10");
        var ns = await cluster.NamespaceAsync("preempt");
        await PodAsync(ns, "low", On(node, fake: "6"), await PriorityAsync(10));
        await PodAsync(ns, "medium", On(node, fake: "4"), await PriorityAsync(100));
        Assert.Equal(node, await NodeOfAsync(ns, "low"));
        Assert.Equal(node, await NodeOfAsync(ns, "medium"));
        await PodAsync(ns, "high", On(node, fake: "6"), await PriorityAsync(1000));
        Assert.Equal(node, await NodeOfAsync(ns, "high"));
        (await Api.GetAsync($"api/v1/namespaces/{ns}/pods/low")).Fails(404, "NotFound");
        Assert.Equal(node, await NodeOfAsync(ns, "medium"));
    }

    [Fact]
    [Behaviour("preemption", "Critical pod")]
    public async Task A_critical_pod_has_a_less_important_one_end()
    {
        var node = await NodeAsync(fake: "10");
        var ns = await cluster.NamespaceAsync("preempt");
        await PodAsync(ns, "low", On(node, fake: "10"), await PriorityAsync(10));
        Assert.Equal(node, await NodeOfAsync(ns, "low"));
        await Api.PostAsync("api/v1/namespaces/kube-system/serviceaccounts", """{"metadata":{"name":"default"}}""");
        var name = "critical-" + ns;
        await PodAsync("kube-system", name, On(node, fake: "10"), "system-cluster-critical");
        Assert.Equal(node, await NodeOfAsync("kube-system", name));
        (await Api.GetAsync($"api/v1/namespaces/{ns}/pods/low")).Fails(404, "NotFound");
        (await Api.DeleteAsync($"api/v1/namespaces/kube-system/pods/{name}")).Is(200);
    }

    [Fact]
    [Behaviour("preemption", "DisruptionTarget condition")]
    public async Task A_preempted_pod_says_why_it_ends()
    {
        var node = await NodeAsync(fake: "10");
        var ns = await cluster.NamespaceAsync("preempt");
        await PodAsync(ns, "victim", On(node, fake: "10"), await PriorityAsync(10), "example.com/kept");
        Assert.Equal(node, await NodeOfAsync(ns, "victim"));
        await PodAsync(ns, "preemptor", On(node, fake: "10"), await PriorityAsync(1000));
        JsonObject? condition = null;
        await Eventually.HoldsAsync(
            async () =>
            {
                var pod = await Api.ReadAsync($"api/v1/namespaces/{ns}/pods/victim");
                condition = pod.Items("status.conditions").FirstOrDefault(item => item.Text("type") == "DisruptionTarget");
                return condition is not null && pod.Text("metadata.deletionTimestamp").Length > 0;
            },
            "the victim to be told to end");
        Assert.Equal(("True", "PreemptionByScheduler", Name + ": preempting to accommodate a higher priority pod"), (condition.Text("status"), condition.Text("reason"), condition.Text("message")));
        (await Api.PatchAsync($"api/v1/namespaces/{ns}/pods/victim", """{"metadata":{"finalizers":null}}""")).Is(200);
        Assert.Equal(node, await NodeOfAsync(ns, "preemptor"));
    }

    [Fact]
    [Behaviour("preemption", "Preemption path")]
    public async Task Replica_sets_of_rising_priority_end_each_others_pods()
    {
        var node = await NodeAsync(fake: "10");
        var ns = await cluster.NamespaceAsync("preempt");
        await using var controllers = await ControllersHost.StartAsync(
            new ControllersHostOptions
            {
                Client = KubeConfig.Load(cluster.Server.Kubeconfig).ToOptions(),
                Controllers = new ControllersOptions { Controllers = ["replicaset-controller"] },
            },
            NullLoggerFactory.Instance,
            TimeProvider.System,
            default);

        // 10 in all: the second takes one of the first's two places, the third the other, the fourth the second's.
        foreach (var (name, replicas, fake, bound) in new[] { ("rs1", 2, 4, "rs1 rs1"), ("rs2", 1, 6, "rs1 rs2"), ("rs3", 1, 4, "rs2 rs3"), ("rs4", 1, 6, "rs3 rs4") })
        {
            await ReplicaSetAsync(ns, name, replicas, On(node, fake: $"{fake}"), await PriorityAsync(name[2] - '0'));
            await Eventually.HoldsAsync(async () => await BoundAsync(ns) == bound, $"{bound} to have the node");
        }

        // Those that lost their place are there again, and wait.
        await Eventually.HoldsAsync(async () => (await Api.ReadAsync($"api/v1/namespaces/{ns}/pods")).Items().Count == 5, "every replica to be there");
        Assert.Equal("rs3 rs4", await BoundAsync(ns));
        await Eventually.HoldsAsync(
            async () => (await Api.ReadAsync($"api/v1/namespaces/{ns}/events")).Items().Count(item => item.Text("reason") == "Preempted") == 3, "three pods to be reported preempted");
        foreach (var name in (string[])["rs1", "rs2", "rs3", "rs4"])
        {
            (await Api.PatchAsync($"apis/apps/v1/namespaces/{ns}/replicasets/{name}", """{"spec":{"replicas":0}}""")).Is(200);
        }

        await Eventually.HoldsAsync(async () => (await Api.ReadAsync($"api/v1/namespaces/{ns}/pods")).Items().Count == 0, "the pods to be gone");
    }

    [Fact]
    public async Task Of_two_schedulers_one_works_and_the_other_takes_over()
    {
        const string name = "elected-scheduler";
        var node = await NodeAsync(cpu: "100");
        var ns = await cluster.NamespaceAsync("sched");
        var first = await StartAsync(name, elected: true);
        await using var second = await StartAsync(name, elected: true);
        for (var i = 0; i < 10; i++)
        {
            await PodAsync(ns, $"before-{i}", On(node, cpu: "1"), scheduler: name);
        }

        await NodeOfAsync(ns, "before-0");
        var ended = first.DisposeAsync();
        for (var i = 0; i < 10; i++)
        {
            await PodAsync(ns, $"after-{i}", On(node, cpu: "1"), scheduler: name);
        }

        await ended;
        foreach (var pod in Enumerable.Range(0, 10).SelectMany(i => new[] { $"before-{i}", $"after-{i}" }))
        {
            Assert.Equal(node, await NodeOfAsync(ns, pod));
        }
    }

    private static JsonObject On(string node, string? cpu = null, string? fake = null)
    {
        var amounts = new JsonObject();
        if (cpu is not null)
        {
            amounts["cpu"] = cpu;
        }

        if (fake is not null)
        {
            amounts["example.com/fake"] = fake;
        }

        return new JsonObject
        {
            ["nodeSelector"] = new JsonObject { ["kubernetes.io/hostname"] = node },
            ["containers"] = new JsonArray(new JsonObject
            {
                ["name"] = "c",
                ["image"] = "busybox",
                ["resources"] = new JsonObject { ["requests"] = amounts, ["limits"] = amounts.DeepClone() },
            }),
        };
    }

    private static JsonObject Port(JsonObject spec, string address, string protocol)
    {
        spec["containers"]![0]!["ports"] = new JsonArray(new JsonObject
        {
            ["containerPort"] = 8080,
            ["hostPort"] = 54322,
            ["hostIP"] = address,
            ["protocol"] = protocol,
        });
        return spec;
    }

    private static JsonObject Complete(JsonObject spec, string? priority, string scheduler)
    {
        spec["schedulerName"] = scheduler;
        spec["terminationGracePeriodSeconds"] = 0;
        spec["priorityClassName"] = priority;
        spec["containers"] ??= new JsonArray(new JsonObject { ["name"] = "c", ["image"] = "busybox" });
        return spec;
    }

    private async Task<SchedulerHost> StartAsync(string name, bool elected = false)
    {
        var file = Path.Combine(cluster.Server.Directory, name + ".yaml");
        await File.WriteAllTextAsync(file, $$"""
            apiVersion: kubescheduler.config.k8s.io/v1
            kind: KubeSchedulerConfiguration
            profiles: [{schedulerName: {{name}}}]
            leaderElection: {leaderElect: {{(elected ? "true" : "false")}}, resourceName: {{name}}, resourceNamespace: default}
            """);
        return await SchedulerHost.StartAsync(
            new SchedulerOptions
            {
                KubeconfigFile = cluster.Server.Kubeconfig,
                ConfigFile = file,
                SecureEndpoint = new IPEndPoint(IPAddress.Loopback, 0),
                Identity = Guid.NewGuid().ToString(),
                Seed = 1,
            },
            NullLoggerFactory.Instance,
            TimeProvider.System,
            default);
    }

    /// <summary>A new node, which is Ready and has this much.</summary>
    private async Task<string> NodeAsync(string cpu = "4", string? fake = null)
    {
        var name = $"sched-node-{Interlocked.Increment(ref nodes)}";
        await Api.CreateAsync("api/v1/nodes", $$$$"""{"metadata":{"name":"{{{{name}}}}","labels":{"kubernetes.io/hostname":"{{{{name}}}}"}}}""");
        var amounts = new JsonObject { ["cpu"] = cpu, ["memory"] = "8Gi", ["pods"] = "110" };
        if (fake is not null)
        {
            amounts["example.com/fake"] = fake;
        }

        var status = new JsonObject { ["status"] = new JsonObject { ["capacity"] = amounts, ["allocatable"] = amounts.DeepClone() } };
        (await Api.PatchAsync($"api/v1/nodes/{name}/status", status.ToJsonString())).Is(200);

        // A node begins with the taint that says that it is not ready; nobody takes it away here.
        (await Api.PatchAsync($"api/v1/nodes/{name}", """{"spec":{"taints":null}}""")).Is(200);
        return name;
    }

    private async Task<string> PriorityAsync(int value)
    {
        var name = $"priority-{value}";
        await Api.PostAsync("apis/scheduling.k8s.io/v1/priorityclasses", $$$"""{"metadata":{"name":"{{{name}}}"},"value":{{{value}}}}""");
        await cluster.SettleAsync("apis/scheduling.k8s.io/v1/priorityclasses");
        return name;
    }

    private async Task PodAsync(string ns, string name, JsonObject spec, string? priority = null, string? finalizer = null, string scheduler = Name)
    {
        var metadata = new JsonObject { ["name"] = name };
        if (finalizer is not null)
        {
            metadata["finalizers"] = new JsonArray(finalizer);
        }

        var pod = new JsonObject { ["metadata"] = metadata, ["spec"] = Complete(spec, priority, scheduler) };
        await Api.CreateAsync($"api/v1/namespaces/{ns}/pods", pod.ToJsonString());
    }

    private async Task ReplicaSetAsync(string ns, string name, int replicas, JsonObject spec, string priority)
    {
        var labels = new JsonObject { ["name"] = name };
        var set = new JsonObject
        {
            ["metadata"] = new JsonObject { ["name"] = name },
            ["spec"] = new JsonObject
            {
                ["replicas"] = replicas,
                ["selector"] = new JsonObject { ["matchLabels"] = labels },
                ["template"] = new JsonObject
                {
                    ["metadata"] = new JsonObject { ["labels"] = labels.DeepClone() },
                    ["spec"] = Complete(spec, priority, Name),
                },
            },
        };
        await Api.CreateAsync($"apis/apps/v1/namespaces/{ns}/replicasets", set.ToJsonString());
    }

    /// <summary>The pod's node, once it has one.</summary>
    private async Task<string> NodeOfAsync(string ns, string pod)
    {
        var node = string.Empty;
        await Eventually.HoldsAsync(
            async () => (node = (await Api.ReadAsync($"api/v1/namespaces/{ns}/pods/{pod}")).Text("spec.nodeName")).Length > 0, $"{pod} to have a node");
        return node;
    }

    /// <summary>What the pod's PodScheduled condition says, once it says Unschedulable.</summary>
    private async Task<string> WhyPendingAsync(string ns, string pod)
    {
        JsonObject? condition = null;
        await Eventually.HoldsAsync(
            async () =>
            {
                condition = (await Api.ReadAsync($"api/v1/namespaces/{ns}/pods/{pod}")).Items("status.conditions").FirstOrDefault(item => item.Text("type") == "PodScheduled");
                return condition.Text("reason") == "Unschedulable";
            },
            $"{pod} to be unschedulable");
        return condition.Text("message");
    }

    private Task EventAsync(string ns, string pod, string reason) => Eventually.HoldsAsync(
        async () => (await Api.ReadAsync($"api/v1/namespaces/{ns}/events")).Items().Any(item => item.Text("involvedObject.name") == pod && item.Text("reason") == reason),
        $"the event {reason} of {pod}");

    /// <summary>Names of the replica sets whose pods have a node, in order.</summary>
    private async Task<string> BoundAsync(string ns) => string.Join(
        ' ',
        (await Api.ReadAsync($"api/v1/namespaces/{ns}/pods")).Items()
            .Where(pod => pod.Text("spec.nodeName").Length > 0 && pod.Text("metadata.deletionTimestamp").Length == 0)
            .Select(pod => pod.Text("metadata.labels.name"))
            .Order(StringComparer.Ordinal));
}
