using System.Text.Json.Nodes;
using FsCheck;
using FsCheck.Fluent;
using Kube.Api.Quotas;
using Kube.Api.Values;

namespace Kube.Api.Tests.Quotas;

public sealed class QuotaTests
{
    private static readonly DateTimeOffset Now = DateTimeOffset.UnixEpoch.AddDays(1);

    [Theory]
    [InlineData("""{"containers":[{"name":"a","resources":{"requests":{"cpu":"100m","memory":"1Gi"},"limits":{"cpu":"1"}}}]}""",
        "count/pods=1,cpu=100m,limits.cpu=1,memory=1Gi,pods=1,requests.cpu=100m,requests.memory=1Gi")]
    [InlineData("""{"containers":[{"name":"a","resources":{"requests":{"cpu":"1"}}}],"initContainers":[{"name":"i","resources":{"requests":{"cpu":"3"}}}]}""",
        "count/pods=1,cpu=3,pods=1,requests.cpu=3")]
    [InlineData("""{"containers":[{"name":"a","resources":{"requests":{"example.com/gpu":"2","hugepages-2Mi":"4Mi","ephemeral-storage":"1Gi"}}}]}""",
        "count/pods=1,ephemeral-storage=1Gi,hugepages-2Mi=4Mi,pods=1,requests.ephemeral-storage=1Gi,requests.example.com/gpu=2,requests.hugepages-2Mi=4Mi")]
    [InlineData("""{"containers":[{"name":"a"}],"overhead":{"cpu":"10m"}}""", "count/pods=1,cpu=10m,pods=1,requests.cpu=10m")]
    public void A_pod_uses_what_its_containers_ask_for(string spec, string expected) =>
        Assert.Equal(expected, Print(UsageEvaluator.For("", "pods").Usage(Object(spec), Now)));

    [Theory]
    [InlineData("""{"status":{"phase":"Succeeded"}}""", "count/pods=1")]
    [InlineData("""{"metadata":{"deletionTimestamp":"1970-01-01T00:00:00Z","deletionGracePeriodSeconds":30}}""", "count/pods=1")]
    [InlineData("""{"metadata":{"deletionTimestamp":"1970-01-02T00:00:00Z","deletionGracePeriodSeconds":30}}""", "count/pods=1,pods=1")]
    public void A_pod_that_has_ended_uses_its_place_alone(string pod, string expected) =>
        Assert.Equal(expected, Print(UsageEvaluator.For("", "pods").Usage(JsonNode.Parse(pod)!.AsObject(), Now)));

    [Theory]
    [InlineData("""{"type":"ClusterIP","ports":[{},{}]}""", 0, 0)]
    [InlineData("""{"type":"NodePort","ports":[{},{}]}""", 2, 0)]
    [InlineData("""{"type":"LoadBalancer","ports":[{},{}]}""", 2, 1)]
    [InlineData("""{"type":"LoadBalancer","allocateLoadBalancerNodePorts":false,"ports":[{"nodePort":30000},{}]}""", 1, 1)]
    public void A_service_uses_node_ports_by_its_type(string spec, int ports, int balancers) =>
        Assert.Equal(
            $"count/services=1,services=1,services.loadbalancers={balancers},services.nodeports={ports}",
            Print(UsageEvaluator.For("", "services").Usage(Object(spec), Now)));

    [Theory]
    [InlineData("""{"resources":{"requests":{"storage":"1Gi"}}}""", "count/persistentvolumeclaims=1,persistentvolumeclaims=1,requests.storage=1Gi")]
    [InlineData("""{"storageClassName":"gold","resources":{"requests":{"storage":"1500m"}}}""",
        "count/persistentvolumeclaims=1,gold.storageclass.storage.k8s.io/persistentvolumeclaims=1,gold.storageclass.storage.k8s.io/requests.storage=2,persistentvolumeclaims=1,requests.storage=2")]
    public void A_claim_uses_storage_of_its_class(string spec, string expected) =>
        Assert.Equal(expected, Print(UsageEvaluator.For("", "persistentvolumeclaims").Usage(Object(spec), Now)));

    [Fact]
    public void What_has_no_evaluator_of_its_own_is_counted()
    {
        Assert.Equal("count/deployments.apps=1", Print(UsageEvaluator.For("apps", "deployments").Usage([], Now)));
        Assert.Equal("configmaps=1,count/configmaps=1", Print(UsageEvaluator.For("", "configmaps").Usage([], Now)));
    }

    [Theory]
    [InlineData("Terminating", "", "", """{"activeDeadlineSeconds":0}""", true)]
    [InlineData("Terminating", "", "", "{}", false)]
    [InlineData("NotTerminating", "", "", "{}", true)]
    [InlineData("BestEffort", "", "", """{"containers":[{"name":"a"}]}""", true)]
    [InlineData("NotBestEffort", "", "", """{"containers":[{"name":"a","resources":{"requests":{"cpu":"1"}}}]}""", true)]
    [InlineData("PriorityClass", "Exists", "", """{"priorityClassName":"high"}""", true)]
    [InlineData("PriorityClass", "DoesNotExist", "", """{"priorityClassName":"high"}""", false)]
    [InlineData("PriorityClass", "In", "high", """{"priorityClassName":"high"}""", true)]
    [InlineData("PriorityClass", "In", "low", """{"priorityClassName":"high"}""", false)]
    [InlineData("PriorityClass", "In", "low", "{}", false)]
    [InlineData("PriorityClass", "NotIn", "low", "{}", true)]
    [InlineData("CrossNamespacePodAffinity", "", "", """{"affinity":{"podAffinity":{"preferredDuringSchedulingIgnoredDuringExecution":[{"podAffinityTerm":{"namespaces":["x"]}}]}}}""", true)]
    [InlineData("CrossNamespacePodAffinity", "", "", """{"affinity":{"podAntiAffinity":{"requiredDuringSchedulingIgnoredDuringExecution":[{"topologyKey":"k"}]}}}""", false)]
    [InlineData("NoSuchScope", "Exists", "", "{}", false)]
    public void Scopes_tell_which_pods_count(string scope, string @operator, string value, string spec, bool expected) =>
        Assert.Equal(expected, UsageEvaluator.For("", "pods").Matches(new QuotaScope(scope, @operator.Length == 0 ? "Exists" : @operator, value.Length == 0 ? [] : [value]), Object(spec)));

    [Theory]
    [InlineData("""{"pods":"1"}""", """{"pods":"0"}""", """{"containers":[{"name":"a"}]}""", null)]
    [InlineData("""{"pods":"1"}""", """{"pods":"1"}""", """{"containers":[{"name":"a"}]}""", "exceeded quota: q, requested: pods=1, used: pods=1, limited: pods=1")]
    [InlineData("""{"cpu":"1","memory":"1Gi"}""", """{"cpu":"900m","memory":"0"}""", """{"containers":[{"name":"a","resources":{"requests":{"cpu":"200m","memory":"1Gi"}}}]}""",
        "exceeded quota: q, requested: cpu=200m, used: cpu=900m, limited: cpu=1")]
    [InlineData("""{"limits.cpu":"1","requests.memory":"1"}""", """{"limits.cpu":"0","requests.memory":"0"}""", """{"containers":[{"name":"b"},{"name":"a"}]}""",
        "failed quota: q: must specify limits.cpu for: a,b; requests.memory for: a,b")]
    [InlineData("""{"requests.ephemeral-storage":"1"}""", """{"requests.ephemeral-storage":"0"}""", """{"containers":[{"name":"a"}]}""", null)]
    [InlineData("""{"pods":"1","cpu":"1"}""", """{"pods":"0"}""", """{"containers":[{"name":"a","resources":{"requests":{"cpu":"1"}}}]}""", "status unknown for quota: q, resources: cpu,pods")]
    [InlineData("""{"configmaps":"0"}""", """{"configmaps":"0"}""", """{"containers":[{"name":"a"}]}""", null)]
    public void A_pod_fits_or_is_told_why_not(string hard, string used, string spec, string? expected) =>
        Assert.Equal(expected, QuotaCheck.Charge([QuotaOf(hard, used)], Create("pods", spec)).Refusal);

    [Fact]
    public void An_update_is_charged_for_what_it_adds()
    {
        var services = UsageEvaluator.For("", "services");
        var old = JsonNode.Parse("""{"metadata":{"resourceVersion":"1"},"spec":{"type":"ClusterIP","ports":[{}]}}""")!.AsObject();
        var charge = new QuotaCharge(services, QuotaOperation.Update, "", Object("""{"type":"NodePort","ports":[{}]}"""), old, Now);
        var verdict = QuotaCheck.Charge([QuotaOf("""{"services":"1","services.nodeports":"1"}""", """{"services":"1","services.nodeports":"0"}""")], charge);
        Assert.Null(verdict.Refusal);
        Assert.Equal("services=1,services.nodeports=1", Print(verdict.Quotas[0].Used));
    }

    [Fact]
    public void A_quota_of_other_scope_is_not_charged()
    {
        var best = QuotaOf("""{"pods":"1"}""", """{"pods":"1"}""") with { Scopes = [new QuotaScope("BestEffort", "Exists", [])] };
        Assert.Null(QuotaCheck.Charge([best], Create("pods", """{"containers":[{"name":"a","resources":{"requests":{"cpu":"1"}}}]}""")).Refusal);
        Assert.NotNull(QuotaCheck.Charge([best], Create("pods", """{"containers":[{"name":"a"}]}""")).Refusal);
    }

    [Fact]
    public void Counting_finds_what_charging_charged()
    {
        // Any number of pods of any size: what fits is charged, and counting what was let in gives the same usage.
        var sizes = Gen.Choose(0, 400).ArrayOf();
        Prop.ForAll(sizes.ToArbitrary(), milli =>
        {
            var quota = QuotaOf("""{"cpu":"1","pods":"5","count/pods":"10"}""", """{"cpu":"0","pods":"0","count/pods":"0"}""");
            var let = new List<JsonObject>();
            foreach (var size in milli)
            {
                var spec = $$$$"""{"containers":[{"name":"a","resources":{"requests":{"cpu":"{{{{size}}}}m"}}}]}""";
                var verdict = QuotaCheck.Charge([quota], Create("pods", spec));
                if (verdict.Refusal is null)
                {
                    let.Add(Object(spec));
                    quota = verdict.Quotas[0];
                }
            }

            var counted = QuotaUsage.Count(quota.Hard, [], [(UsageEvaluator.For("", "pods"), let)], Now);
            return let.Count <= 5 && quota.Used["cpu"] <= quota.Hard["cpu"] && Print(counted) == Print(quota.Used);
        }).QuickCheckThrowOnFailure();
    }

    private static QuotaCharge Create(string resource, string spec) => new(UsageEvaluator.For("", resource), QuotaOperation.Create, "", Object(spec), null, Now);

    private static Quota QuotaOf(string hard, string used) =>
        Quota.Of(JsonNode.Parse($$$$"""{"metadata":{"name":"q"},"status":{"hard":{{{{hard}}}},"used":{{{{used}}}}}}""")!.AsObject());

    private static JsonObject Object(string spec) => new() { ["metadata"] = new JsonObject { ["name"] = "o" }, ["spec"] = JsonNode.Parse(spec) };

    private static string Print(IReadOnlyDictionary<string, Quantity> amounts) =>
        string.Join(",", amounts.OrderBy(a => a.Key, StringComparer.Ordinal).Select(a => $"{a.Key}={a.Value}"));
}
