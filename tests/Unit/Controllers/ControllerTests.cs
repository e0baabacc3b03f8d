using System.Text.Json.Nodes;
using Kube.Api.Apps.V1;
using Kube.Api.Core.V1;
using Kube.Api.Json;
using Kube.Api.Meta.V1;
using Kube.Api.Schema;
using Kube.Api.Values;
using Kube.Client.Rest;
using Kube.Client.Tests.Fakes;
using Kube.Controllers.Framework;
using Kube.Controllers.Host;
using Kube.Controllers.ReplicationControllers;
using Kube.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace Kube.Controllers.Tests;

/// <summary>All controllers, in-process, against an API server that keeps objects as Kubernetes does.</summary>
public sealed class ControllerTests : IAsyncLifetime
{
    private static readonly KindInfo _pods = Kind("", "pods");
    private static readonly KindInfo _sets = Kind("apps", "replicasets");
    private static readonly KindInfo _deployments = Kind("apps", "deployments");
    private static readonly KindInfo _namespaces = Kind("", "namespaces");
    private FakeApiServer _server = null!;
    private KubeClient _client = null!;
    private ControllersHost? _host;

    public async Task InitializeAsync()
    {
        _server = await FakeApiServer.StartAsync();
        _client = _server.Client();
        _server.Store.Create(_namespaces, "", new JsonObject { ["metadata"] = new JsonObject { ["name"] = "ns" } });
    }

    public async Task DisposeAsync()
    {
        if (_host is not null)
        {
            await _host.DisposeAsync();
        }

        _client.Dispose();
        await _server.DisposeAsync();
    }

    [Fact]
    public async Task A_deployment_runs_is_scaled_updated_and_rolled_back()
    {
        await StartAsync();
        var deployment = await _client.For<Deployment>().CreateAsync(New(3));
        await ReadyAsync(3, "i");
        await UntilAsync(() => Get().Status?.AvailableReplicas == 3 && Condition("Progressing")?.Reason == "NewReplicaSetAvailable", "the deployment available");
        Assert.Equal("1", Get().Metadata.Annotations![Deployments.DeploymentAnnotations.Revision]);

        await _client.For<Deployment>().PatchAsync("ns", "web", Patch.Merge(new JsonObject { ["spec"] = new JsonObject { ["replicas"] = 5 } }));
        await ReadyAsync(5, "i");
        await SetImageAsync("j");
        await ReadyAsync(5, "j");
        await UntilAsync(() => Get().Status is { UpdatedReplicas: 5, Replicas: 5, AvailableReplicas: 5 }, "the update complete");
        Assert.Equal([0, 5], Sets().Select(static set => set.Spec!.Replicas!.Value).Order());

        await SetImageAsync("i");
        await ReadyAsync(5, "i");
        await UntilAsync(() => Get().Metadata.Annotations![Deployments.DeploymentAnnotations.Revision] == "3", "the third revision");
        Assert.Equal(2, Sets().Count);
        Assert.Equal("1", Sets().Single(static set => set.Spec!.Replicas > 0).Metadata.Annotations![Deployments.DeploymentAnnotations.RevisionHistory]);
        Assert.Equal(deployment.Metadata.Uid, Sets()[0].Metadata.OwnerReferences!.Single().Uid);
    }

    [Fact]
    public async Task A_slow_watch_does_not_lead_to_too_many_pods()
    {
        // Each pod event takes its time; the set's own status changes come at once and lead to many a look meanwhile.
        _server.Intercept = async context =>
        {
            if (context.Request.Path == "/api/v1/pods" && context.Request.Query["watch"] == "true")
            {
                await Task.Delay(300);
            }

            return false;
        };
        var faults = 1;
        _server.NextFault = () => faults-- > 0 ? (3, WatchFault.AbortMidLine) : (0, WatchFault.None);
        await StartAsync("replicaset-controller");
        var created = 0;
        _server.Store.Admit = (verb, kind, _) => created += verb == "create" && kind == _pods ? 1 : 0;
        await _client.For<ReplicaSet>().CreateAsync(NewSet(20));
        for (var i = 0; i < 10; i++)
        {
            await _client.For<ReplicaSet>().PatchAsync("ns", "s", Patch.Merge(new JsonObject { ["metadata"] = new JsonObject { ["labels"] = new JsonObject { ["n"] = i.ToString(System.Globalization.CultureInfo.InvariantCulture) } } }));
            await Task.Delay(10);
        }

        await UntilAsync(() => Sets().Single().Status?.Replicas == 20, "all pods counted");
        Assert.Equal(20, created);
    }

    [Fact]
    public async Task Pods_are_adopted_released_and_counted_by_owner()
    {
        await _client.For<Pod>().CreateAsync(NewPod("mine", "web"));
        await _client.For<Pod>().CreateAsync(NewPod("other", "other"));
        await StartAsync("replicaset-controller");
        await _client.For<ReplicaSet>().CreateAsync(NewSet(2));
        await UntilAsync(() => Pods("web").Count == 2 && Sets().Single().Status?.Replicas == 2, "two pods");
        Assert.Equal(Sets().Single().Metadata.Uid, Pods("web").Single(static pod => pod.Metadata.Name == "mine").Metadata.OwnerReferences!.Single().Uid);

        await _client.For<Pod>().PatchAsync("ns", "mine", Patch.Merge(new JsonObject { ["metadata"] = new JsonObject { ["labels"] = new JsonObject { ["app"] = "debug" } } }));
        await UntilAsync(() => Pods("web").Count == 2, "a replacement");
        await UntilAsync(() => Pods("debug").Single().Metadata.OwnerReferences is null or [], "the release");
    }

    [Fact]
    public async Task A_replication_controller_keeps_adopts_and_releases_pods_in_its_own_name()
    {
        await _client.For<Pod>().CreateAsync(NewPod("mine", "web"));
        await StartAsync("replicationcontroller");
        var made = await _client.For<ReplicationController>().CreateAsync(new ReplicationController
        {
            Metadata = { Name = "rc", Namespace = "ns" },
            Spec = new ReplicationControllerSpec { Replicas = 3, Selector = new() { ["app"] = "web" }, Template = Make.Deployment(1).Spec!.Template },
        });
        await UntilAsync(() => Pods("web").Count == 3 && Controller().Status is { Replicas: 3, FullyLabeledReplicas: 3, ObservedGeneration: 1, ReadyReplicas: 0 }, "three pods");
        var owners = Pods("web").Select(static pod => pod.Metadata.OwnerReferences!.Single()).ToList();
        Assert.All(owners, owner => Assert.Equal(("v1", "ReplicationController", "rc", made.Metadata.Uid, true), (owner.ApiVersion, owner.Kind, owner.Name, owner.Uid, owner.Controller)));
        MarkReady();
        await UntilAsync(() => Controller().Status is { ReadyReplicas: 3, AvailableReplicas: 3 }, "three ready pods");
        await UntilAsync(() => Events().Count(static e => e["reason"]!.GetValue<string>() == "SuccessfulCreate") > 0, "an event");
        Assert.All(Events(), static e => Assert.Equal("ReplicationController replication-controller", e["involvedObject"]!["kind"] + " " + e["source"]!["component"]));

        await _client.For<Pod>().PatchAsync("ns", "mine", Patch.Merge(new JsonObject { ["metadata"] = new JsonObject { ["labels"] = new JsonObject { ["app"] = "debug" } } }));
        await UntilAsync(() => Pods("debug").Single().Metadata.OwnerReferences is null or [] && Pods("web").Count == 3, "the release, and a replacement");
        await _client.For<ReplicationController>().PatchAsync("ns", "rc", Patch.Merge(new JsonObject { ["spec"] = new JsonObject { ["replicas"] = 1 } }));
        await UntilAsync(() => Pods("web").Count == 1 && Controller().Status is { Replicas: 1, ObservedGeneration: 2 }, "one pod");

        ReplicationController Controller() => KubeJson.FromJsonObject<ReplicationController>(_server.Store.Get(Kind("", "replicationcontrollers"), "ns", "rc"));

        List<JsonObject> Events() => _server.Store.List(Kind("", "events"), "ns").Items;
    }

    [Fact]
    public void A_replication_controller_loses_nothing_on_its_way_through_a_set()
    {
        var status = new ReplicaSetStatus
        {
            Replicas = 5,
            FullyLabeledReplicas = 4,
            ReadyReplicas = 3,
            AvailableReplicas = 2,
            ObservedGeneration = 7,
            Conditions = [new ReplicaSetCondition { Type = "ReplicaFailure", Status = "True", LastTransitionTime = new Time(Make.Now), Reason = "FailedCreate", Message = "no" }],
        };
        var controller = new ReplicationController
        {
            Metadata = { Name = "rc", Namespace = "ns" },
            Spec = new ReplicationControllerSpec { Replicas = 2, MinReadySeconds = 9, Selector = new() { ["a"] = "b" }, Template = Make.Deployment(1).Spec!.Template },
            Status = ReplicationManager.ToStatus(status),
        };
        var set = ReplicationManager.ToSet(controller);
        Assert.Equal(KubeJson.Serialize(status), KubeJson.Serialize(set.Status!));
        Assert.Equal((2, 9, "b"), (set.Spec!.Replicas, set.Spec.MinReadySeconds, set.Spec.Selector!.MatchLabels!["a"]));
        Assert.Same(controller.Spec.Template, set.Spec.Template);
        Assert.Null(ReplicationManager.ToSet(new ReplicationController { Spec = new ReplicationControllerSpec { Selector = [] } }).Spec!.Selector);
    }

    [Theory]
    [InlineData("Background", true)]
    [InlineData("Foreground", true)]
    [InlineData("Orphan", false)]
    public async Task Deleting_a_deployment_deletes_or_leaves_what_it_owns(string policy, bool isGone)
    {
        await StartAsync();
        await _client.For<Deployment>().CreateAsync(New(2));
        await ReadyAsync(2, "i");
        await _client.For<Deployment>().DeleteAsync("ns", "web", new DeleteRequest { PropagationPolicy = policy });
        await UntilAsync(() => _server.Store.List(_deployments, "ns").Items.Count == 0, "the deployment gone");
        if (isGone)
        {
            await UntilAsync(() => Sets().Count == 0 && Pods("web").Count == 0, "sets and pods gone");
        }
        else
        {
            Assert.Empty(Sets().Single().Metadata.OwnerReferences ?? []);
            Assert.Equal(2, Pods("web").Count);
        }
    }

    [Fact]
    public async Task Foreground_deletion_takes_the_dependents_first()
    {
        await StartAsync("garbage-collector-controller");
        var set = await _client.For<ReplicaSet>().CreateAsync(NewSet(1));
        var pod = NewPod("p", "web");
        pod.Metadata.OwnerReferences = [Owners.NewControllerReference(set)];
        pod.Metadata.Finalizers = ["example.com/hold"];
        await _client.For<Pod>().CreateAsync(pod);
        await _client.For<ReplicaSet>().DeleteAsync("ns", "s", new DeleteRequest { PropagationPolicy = "Foreground" });
        await UntilAsync(() => Pods("web").Single().Metadata.DeletionTimestamp is not null, "the pod being deleted");
        Assert.Single(Sets());
        await _client.For<Pod>().PatchAsync("ns", "p", Patch.Merge(new JsonObject { ["metadata"] = new JsonObject { ["finalizers"] = null } }));
        await UntilAsync(() => Sets().Count == 0 && Pods("web").Count == 0, "both gone");
    }

    [Fact]
    public async Task What_belongs_to_nobody_that_exists_is_collected_and_the_rest_is_not()
    {
        var owner = await _client.For<ConfigMap>().CreateAsync(new ConfigMap { Metadata = { Name = "owner", Namespace = "ns" } });
        await CreateOwnedAsync("stray", Reference("gone", "no-such-uid"));
        await CreateOwnedAsync("kept", Reference("owner", owner.Metadata.Uid!), Reference("gone", "no-such-uid"));
        await StartAsync("garbage-collector-controller");
        await UntilAsync(() => Secrets().Length == 1 && Secrets()[0].Metadata.OwnerReferences!.Count == 1, "the stray gone and the other freed of its lost owner");
        Assert.Equal("kept", Secrets()[0].Metadata.Name);
        await _client.For<ConfigMap>().DeleteAsync("ns", "owner");
        await UntilAsync(() => Secrets().Length == 0, "the other gone with its owner");

        static OwnerReference Reference(string name, string uid) => new() { ApiVersion = "v1", Kind = "ConfigMap", Name = name, Uid = uid };

        Secret[] Secrets() => [.. _server.Store.List(Kind("", "secrets"), "ns").Items.Select(KubeJson.FromJsonObject<Secret>)];

        Task CreateOwnedAsync(string name, params List<OwnerReference> owners) =>
            _client.For<Secret>().CreateAsync(new Secret { Metadata = { Name = name, Namespace = "ns", OwnerReferences = owners } });
    }

    [Fact]
    public async Task A_namespace_goes_when_it_is_empty_and_says_what_holds_it_up()
    {
        await StartAsync("namespace-controller");
        await _client.For<ConfigMap>().CreateAsync(new ConfigMap { Metadata = { Name = "a", Namespace = "ns" } });
        var held = NewPod("held", "web");
        held.Metadata.Finalizers = ["example.com/hold"];
        await _client.For<Pod>().CreateAsync(held);
        await _client.For<Namespace>().DeleteAsync(null, "ns");
        await UntilAsync(() => Remaining()?.Status == "True", "the condition");
        Assert.Equal("Some resources are remaining: pods. has 1 resource instances", Remaining()!.Message);
        await _client.For<Pod>().PatchAsync("ns", "held", Patch.Merge(new JsonObject { ["metadata"] = new JsonObject { ["finalizers"] = null } }));
        await UntilAsync(() => _server.Store.List(_namespaces, "").Items.Count == 0, "the namespace gone");
        Assert.Empty(_server.Store.List(Kind("", "configmaps"), "ns").Items);

        NamespaceCondition? Remaining() => _server.Store.List(_namespaces, "").Items.Select(KubeJson.FromJsonObject<Namespace>).Single()
            .Status?.Conditions?.Find(static condition => condition.Type == "NamespaceContentRemaining");
    }

    [Fact]
    public async Task A_quota_is_counted_when_it_is_new_when_its_bounds_change_and_when_something_goes()
    {
        await _client.For<Pod>().CreateAsync(NewPod("a", "web"));
        await _client.For<Pod>().CreateAsync(NewPod("b", "web"));
        await _client.For<ConfigMap>().CreateAsync(new ConfigMap { Metadata = { Name = "c", Namespace = "ns" } });
        await StartAsync("resourcequota-controller");
        var quotas = _client.For<ResourceQuota>();
        await quotas.CreateAsync(new ResourceQuota { Metadata = { Name = "q", Namespace = "ns" }, Spec = new ResourceQuotaSpec { Hard = new() { ["pods"] = Quantity.Parse("5") } } });
        await UsedAsync("pods=2/5");
        await _client.For<Pod>().DeleteAsync("ns", "a");
        await UsedAsync("pods=1/5");
        await quotas.PatchAsync("ns", "q", Patch.Merge(new JsonObject { ["spec"] = new JsonObject { ["hard"] = new JsonObject { ["count/configmaps"] = "3" } } }));
        await UsedAsync("count/configmaps=1/3 pods=1/5");
        await _client.For<ConfigMap>().DeleteAsync("ns", "c");
        await UsedAsync("count/configmaps=0/3 pods=1/5");
        await _client.For<Pod>().PatchAsync("ns", "b", Patch.Merge(new JsonObject { ["status"] = new JsonObject { ["phase"] = "Failed" } }), "status");
        await UsedAsync("count/configmaps=0/3 pods=0/5");

        Task UsedAsync(string expected) => UntilAsync(
            () => KubeJson.FromJsonObject<ResourceQuota>(_server.Store.Get(Kind("", "resourcequotas"), "ns", "q")).Status is { Used: { } used, Hard: { } hard }
                && string.Join(' ', used.OrderBy(static u => u.Key, StringComparer.Ordinal).Select(u => $"{u.Key}={u.Value}/{hard[u.Key]}")) == expected,
            expected);
    }

    [Fact]
    public async Task Claims_and_volumes_that_are_in_use_stay_until_they_are_not()
    {
        var claims = Kind("", "persistentvolumeclaims");
        var volumes = Kind("", "persistentvolumes");
        await StartAsync("pvc-protection", "pv-protection");
        foreach (var name in (string[])["used", "unused"])
        {
            // Nothing admits them here, so the controller itself protects them.
            await _client.For<PersistentVolumeClaim>().CreateAsync(new PersistentVolumeClaim { Metadata = { Name = name, Namespace = "ns" } });
        }

        await UntilAsync(() => _server.Store.List(claims, "ns").Items.All(static claim => Finalizers(claim) == "[\"kubernetes.io/pvc-protection\"]"), "the claims protected");
        var pod = NewPod("user", "web");
        pod.Spec!.NodeName = "n";
        pod.Spec.Volumes = [new Volume { Name = "v", PersistentVolumeClaim = new PersistentVolumeClaimVolumeSource { ClaimName = "used" } }];
        await _client.For<Pod>().CreateAsync(pod);
        await _client.For<PersistentVolumeClaim>().DeleteAsync("ns", "used");
        await _client.For<PersistentVolumeClaim>().DeleteAsync("ns", "unused");
        await UntilAsync(() => _server.Store.List(claims, "ns").Items.Count == 1, "the unused claim gone");
        Assert.Equal("used", _server.Store.List(claims, "ns").Items.Single()["metadata"]!["name"]!.GetValue<string>());
        await _client.For<Pod>().DeleteAsync("ns", "user", new DeleteRequest { GracePeriodSeconds = 0 });
        await UntilAsync(() => _server.Store.List(claims, "ns").Items.Count == 0, "the other gone with its pod");

        var bound = new PersistentVolume { Metadata = { Name = "bound" } };
        await _client.For<PersistentVolume>().CreateAsync(bound);
        await _client.For<PersistentVolume>().PatchAsync(null, "bound", Patch.Merge(new JsonObject { ["status"] = new JsonObject { ["phase"] = "Bound" } }), "status");
        await UntilAsync(() => Finalizers(_server.Store.Get(volumes, "", "bound")) == "[\"kubernetes.io/pv-protection\"]", "the volume protected");
        await _client.For<PersistentVolume>().DeleteAsync(null, "bound");
        await _client.For<PersistentVolume>().CreateAsync(new PersistentVolume { Metadata = { Name = "free", Finalizers = ["kubernetes.io/pv-protection"] } });
        await _client.For<PersistentVolume>().DeleteAsync(null, "free");
        await UntilAsync(() => _server.Store.List(volumes, "").Items.Count == 1, "the free volume gone");
        await _client.For<PersistentVolume>().PatchAsync(null, "bound", Patch.Merge(new JsonObject { ["status"] = new JsonObject { ["phase"] = "Released" } }), "status");
        await UntilAsync(() => _server.Store.List(volumes, "").Items.Count == 0, "the other gone when it is released");

        static string? Finalizers(JsonObject value) => value["metadata"]!["finalizers"]?.ToJsonString();
    }

    [Fact]
    public async Task Every_namespace_has_its_account_and_a_service_its_endpoints()
    {
        await StartAsync("serviceaccount-controller", "endpoints-controller", "endpointslice-controller");
        await UntilAsync(() => _server.Store.List(Kind("", "serviceaccounts"), "ns").Items.Count == 1, "the account");
        await _client.For<Service>().CreateAsync(new Service
        {
            Metadata = { Name = "svc", Namespace = "ns" },
            Spec = new ServiceSpec { Selector = new() { ["app"] = "web" }, Ports = [new ServicePort { Port = 80 }] },
        });
        await _client.For<Pod>().CreateAsync(NewPod("p1", "web"));
        MarkReady();
        await UntilAsync(() => Slices().SelectMany(static slice => slice["endpoints"]!.AsArray()).Count() == 1, "the endpoint");
        await UntilAsync(() => _server.Store.List(Kind("", "endpoints"), "ns").Items.Any(static item => item["subsets"] is not null), "the address");

        // The slice without ports, from before the pod was ready, goes once the one with ports is there.
        await UntilAsync(() => Slices().Count == 1, "one slice");

        List<JsonObject> Slices() => _server.Store.List(Kind("discovery.k8s.io", "endpointslices"), "ns").Items;
    }

    private static KindInfo Kind(string group, string plural) => KindCatalog.Default.FindResource(group, "v1", plural)!;

    private async Task StartAsync(params string[] controllers) =>
        _host = await ControllersHost.StartAsync(
            new ControllersHostOptions
            {
                Client = new KubeClientOptions { Server = _server.Address },
                Controllers = new ControllersOptions { Controllers = controllers.Length == 0 ? ["*"] : controllers },
                Seed = 1,
            },
            NullLoggerFactory.Instance,
            TimeProvider.System,
            CancellationToken.None);

    private static Deployment New(int replicas)
    {
        var deployment = Make.Deployment(replicas);
        deployment.Metadata.Uid = null;
        return deployment;
    }

    private static ReplicaSet NewSet(int replicas) => new()
    {
        Metadata = { Name = "s", Namespace = "ns" },
        Spec = new ReplicaSetSpec
        {
            Replicas = replicas,
            Selector = new LabelSelector { MatchLabels = new() { ["app"] = "web" } },
            Template = Make.Deployment(1).Spec!.Template,
        },
    };

    private static Pod NewPod(string name, string app) => new()
    {
        Metadata = { Name = name, Namespace = "ns", Labels = new() { ["app"] = app } },
        Spec = new PodSpec { Containers = [new Container { Name = "c", Image = "i" }] },
    };

    private List<Pod> Pods(string app) =>
        [.. _server.Store.List(_pods, "ns").Items.Select(KubeJson.FromJsonObject<Pod>).Where(pod => pod.Metadata.Labels!["app"] == app)];

    private List<ReplicaSet> Sets() => [.. _server.Store.List(_sets, "ns").Items.Select(KubeJson.FromJsonObject<ReplicaSet>)];

    private Deployment Get() => KubeJson.FromJsonObject<Deployment>(_server.Store.Get(_deployments, "ns", "web"));

    private DeploymentCondition? Condition(string type) => Get().Status?.Conditions?.Find(condition => condition.Type == type);

    private Task SetImageAsync(string image) => _client.For<Deployment>().PatchAsync(
        "ns",
        "web",
        Patch.Strategic(new JsonObject
        {
            ["spec"] = new JsonObject { ["template"] = new JsonObject { ["spec"] = new JsonObject { ["containers"] = new JsonArray(new JsonObject { ["name"] = "c", ["image"] = image }) } } },
        }));

    /// <summary>Plays the kubelet until exactly so many pods of an image, and no others, are there and ready.</summary>
    private Task ReadyAsync(int count, string image) => UntilAsync(
        () =>
        {
            MarkReady();
            var pods = Pods("web");
            return pods.Count == count && pods.TrueForAll(pod => pod.Spec!.Containers![0].Image == image && Framework.Pods.IsReady(pod));
        },
        $"{count} ready pods of {image}");

    private void MarkReady()
    {
        foreach (var pod in Pods("web").Where(static pod => !Framework.Pods.IsReady(pod)))
        {
            var status = new JsonObject
            {
                ["status"] = new JsonObject
                {
                    ["phase"] = "Running",
                    ["podIP"] = "10.0.0.1",
                    ["conditions"] = new JsonArray(new JsonObject { ["type"] = "Ready", ["status"] = "True", ["lastTransitionTime"] = "2026-01-01T00:00:00Z" }),
                },
            };
            try
            {
                _server.Store.Patch(_pods, "ns", pod.Metadata.Name!, "status", "application/merge-patch+json", status);
            }
            catch (FakeRefusal)
            {
                continue; // deleted meanwhile
            }
        }
    }

    private static Task UntilAsync(Func<bool> condition, string what) => Eventually.HoldsAsync(condition, what);
}
