using System.Text;
using System.Text.Json.Nodes;
using Kube.Api.Apps.V1;
using Kube.Api.Defaulting;
using Kube.Api.Errors;
using Kube.Api.Patch;
using Kube.Api.Schema;
using Kube.Api.Serialization;

namespace Kube.Api.Tests.Patch;

public sealed class ServerSideApplyTests
{
    private static readonly ObjectSchema Schema = ObjectSchema.For(typeof(Deployment));

    private static JsonObject Yaml(string text) => (JsonObject)YamlTree.Parse(Encoding.UTF8.GetBytes(text))!;

    private static FieldManager By(string name, int second = 0, string? subresource = null) => new(name, "apps/v1", $"2024-01-01T00:00:{second:d2}Z", subresource);

    private const string Template = "template: {metadata: {labels: {app: a}}, spec: {containers: [{name: c, image: i}]}}";

    private static JsonObject Config(string spec) => Yaml($"{{apiVersion: apps/v1, kind: Deployment, metadata: {{name: a}}, spec: {{{spec}}}}}");

    private static JsonObject Apply(JsonObject? live, string spec, string manager, bool force = false, int second = 0)
    {
        var config = Config(spec);
        SchemaCheck.ApplyPartial(config, Schema, FieldValidation.Strict);
        var result = ServerSideApply.Apply(live, config, Schema, By(manager, second), force, "status");
        SchemaCheck.Apply(result, Schema, FieldValidation.Strict);
        Defaulter.Apply(result, Schema);
        return result;
    }

    private static JsonObject Edit(JsonObject live, string manager, Action<JsonObject> change, int second = 1)
    {
        var changed = (JsonObject)live.DeepClone();
        change(changed);
        ManagedFields.Update(live, changed, Schema, By(manager, second));
        return changed;
    }

    private static string Owners(JsonObject obj) =>
        string.Join(" ", obj["metadata"]!["managedFields"]!.AsArray().Select(e => $"{e!["manager"]}/{e["operation"]}"));

    private static string FieldsOf(JsonObject obj, string manager) =>
        obj["metadata"]!["managedFields"]!.AsArray().Single(e => (string?)e!["manager"] == manager)!["fieldsV1"]!.ToJsonString(new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping });

    [Fact]
    public void AnApplyOwnsWhatItStatesAndNoMore()
    {
        var obj = Apply(null, "replicas: 3, " + Template, "kubectl");
        Assert.Equal(
            """{"f:spec":{"f:replicas":{},"f:template":{"f:metadata":{"f:labels":{"f:app":{}}},"f:spec":{"f:containers":{"k:{\"name\":\"c\"}":{".":{},"f:image":{},"f:name":{}}}}}}}""",
            FieldsOf(obj, "kubectl"));
        Assert.Equal("Always", (string?)obj["spec"]!["template"]!["spec"]!["restartPolicy"]);
        var again = Apply(obj, "replicas: 3, " + Template, "kubectl", second: 9);
        Assert.True(JsonNode.DeepEquals(obj, again), again.ToJsonString());
    }

    [Fact]
    public void WhatIsNoLongerStatedGoes()
    {
        var obj = Apply(null, "minReadySeconds: 5, replicas: 3, " + Template, "kubectl");
        obj = Apply(obj, Template, "kubectl", second: 1);
        Assert.Null(obj["spec"]!["minReadySeconds"]);
        Assert.Equal(1, (int)obj["spec"]!["replicas"]!);
        obj = Apply(obj, "template: {metadata: {labels: {app: a}}, spec: {containers: [{name: d, image: i}]}}", "kubectl", second: 2);
        Assert.Equal("d", (string?)obj["spec"]!["template"]!["spec"]!["containers"]!.AsArray().Single()!["name"]);
    }

    [Fact]
    public void FieldsOfOthersAreInConflictUnlessForced()
    {
        var obj = Apply(null, "replicas: 3, " + Template, "kubectl");
        obj = Edit(obj, "scaler", o => o["spec"]!["replicas"] = JsonTree.Number(7));
        Assert.Equal("kubectl/Apply scaler/Update", Owners(obj));
        Assert.Equal("""{"f:spec":{"f:replicas":{}}}""", FieldsOf(obj, "scaler"));

        var e = Assert.Throws<ApplyConflictException>(() => Apply(obj, "replicas: 3, " + Template, "kubectl"));
        Assert.Equal("Apply failed with 1 conflict: conflict with \"scaler\" using apps/v1 at 2024-01-01T00:00:01Z: .spec.replicas", e.Message);
        var status = KubeStatus.OfApply(e);
        Assert.Equal((409, "FieldManagerConflict", ".spec.replicas"), (status.Code, status.Causes[0].Reason, status.Causes[0].Field));

        var forced = Apply(obj, "replicas: 3, " + Template, "kubectl", force: true, second: 5);
        Assert.Equal(3, (int)forced["spec"]!["replicas"]!);
        Assert.Equal("kubectl/Apply", Owners(forced));

        // Stating the same value is no conflict: both own it then.
        var shared = Apply(obj, "replicas: 7, " + Template, "kubectl", second: 6);
        Assert.Equal("kubectl/Apply scaler/Update", Owners(shared));
        var left = Apply(shared, Template, "kubectl", second: 7);
        Assert.Equal(7, (int)left["spec"]!["replicas"]!);
    }

    [Fact]
    public void SeveralConflictsAreListedByManager()
    {
        var obj = Apply(null, "replicas: 3, " + Template, "a");
        var e = Assert.Throws<ApplyConflictException>(() => Apply(obj, "replicas: 4, template: {spec: {containers: [{name: c, image: j}]}}", "b"));
        Assert.Equal("Apply failed with 2 conflicts: conflicts with \"a\":\n- .spec.replicas\n- .spec.template.spec.containers[name=\"c\"].image", e.Message);
    }

    [Fact]
    public void ManagersShareLists()
    {
        var obj = Apply(null, Template, "a");
        obj = Apply(obj, "template: {spec: {containers: [{name: side, image: s}, {name: c, env: [{name: E, value: x}]}]}}", "b", second: 1);
        Assert.Equal(["side", "c"], obj["spec"]!["template"]!["spec"]!["containers"]!.AsArray().Select(c => (string?)c!["name"]));
        obj = Apply(obj, "template: {spec: {containers: [{name: c}]}}", "b", second: 2);
        var container = obj["spec"]!["template"]!["spec"]!["containers"]!.AsArray().Single()!;
        Assert.Equal("i", (string?)container["image"]);
        Assert.Null(container["env"]);
    }

    [Fact]
    public void PortsAreToldApartWithTheirDefaultProtocol()
    {
        var obj = Apply(null, "template: {metadata: {labels: {app: a}}, spec: {containers: [{name: c, image: i, ports: [{containerPort: 80}]}]}}", "a");
        Assert.Contains("""k:{\"containerPort\":80,\"protocol\":\"TCP\"}""", FieldsOf(obj, "a"), StringComparison.Ordinal);
        obj = Apply(obj, "template: {spec: {containers: [{name: c, ports: [{containerPort: 80, protocol: UDP}]}]}}", "b", second: 1);
        Assert.Equal(2, obj["spec"]!["template"]!["spec"]!["containers"]![0]!["ports"]!.AsArray().Count);
    }

    [Fact]
    public void AnObjectWithoutARecordBelongsToBeforeFirstApply()
    {
        var live = Apply(null, "replicas: 3, " + Template, "x");
        live["metadata"]!.AsObject().Remove("managedFields");
        var e = Assert.Throws<ApplyConflictException>(() => Apply(live, "replicas: 4", "kubectl"));
        Assert.Contains("conflict with \"before-first-apply\" using apps/v1", e.Message, StringComparison.Ordinal);
        Assert.Equal("kubectl/Apply before-first-apply/Update", Owners(Apply(live, "replicas: 3", "kubectl")));
    }

    [Fact]
    public void UpdatesAreRecordedAndResettable()
    {
        var obj = Config(Template);
        SchemaCheck.Apply(obj, Schema, FieldValidation.Strict);
        ManagedFields.Update(null, obj, Schema, By("creator"));
        Assert.Contains("f:image", FieldsOf(obj, "creator"), StringComparison.Ordinal);
        Assert.DoesNotContain("f:name\":{}},\"f:spec", FieldsOf(obj, "creator"), StringComparison.Ordinal);

        var same = Edit(obj, "other", _ => { });
        Assert.Equal("creator/Update", Owners(same));
        var removed = Edit(obj, "other", o => o["spec"]!["template"]!["spec"]!["containers"]![0]!.AsObject().Remove("image"));
        Assert.DoesNotContain("f:image", FieldsOf(removed, "creator"), StringComparison.Ordinal);
        var reset = Edit(obj, "other", o => o["metadata"]!["managedFields"] = new JsonArray(new JsonObject()));
        Assert.Null(reset["metadata"]!["managedFields"]);
    }

    [Fact]
    public void TheNumberOfUpdateEntriesIsBounded()
    {
        var obj = Apply(null, Template, "a");
        for (var i = 1; i < 30; i++)
        {
            var n = i;
            obj = Edit(obj, "m" + n, o => (o["metadata"]!["annotations"] ??= new JsonObject())["k" + n] = "v", n);
        }

        Assert.Equal(11, obj["metadata"]!["managedFields"]!.AsArray().Count);
        Assert.Contains("f:k1\"", FieldsOf(obj, "ancient-changes"), StringComparison.Ordinal);
    }

    [Fact]
    public void TheRecordReadsBackAsItIsWritten()
    {
        var set = AppliedFields.Of(Config(Template), ApplyShape.Of(Schema));
        Assert.True(set.SameAs(FieldSet.FromFieldsV1(set.ToFieldsV1())));
        Assert.Throws<PatchException>(() => FieldSet.FromFieldsV1(new JsonObject { ["nonsense"] = new JsonObject() }));
        Assert.Throws<PatchException>(() => FieldSet.FromFieldsV1(new JsonObject { ["k:{"] = new JsonObject() }));
    }

    [Theory]
    [InlineData("{apiVersion: apps/v2, metadata: {name: a}}", "Incorrect version specified in apply patch. Specified patch version: apps/v2, expected: apps/v1")]
    [InlineData("{apiVersion: apps/v1, metadata: {name: a, managedFields: []}}", "metadata.managedFields must be nil")]
    public void MalformedConfigurationsAreRefused(string config, string message) =>
        Assert.Equal(message, Assert.Throws<PatchException>(() => ServerSideApply.Apply(null, Yaml(config), Schema, By("a"), false)).Message);

    [Fact]
    public void AnItemStatedTwiceIsRefused() => Assert.Equal(
        ".spec.template.spec.containers: duplicate entries for key [name=\"c\"]",
        Assert.Throws<PatchException>(() => Apply(null, "template: {spec: {containers: [{name: c}, {name: c}]}}", "a")).Message);

    /// <summary>Over random objects of every kind: applying is idempotent, states what was asked, and giving all up leaves nothing owned.</summary>
    [Fact]
    public void RandomConfigurationsApply()
    {
        foreach (var kind in KindCatalog.Default.Kinds)
        {
            for (ulong seed = 60; seed < 64; seed++)
            {
                var config = new Serialization.ObjectGenerator(seed).Make(kind);
                config["metadata"] = new JsonObject { ["name"] = "a" };
                var manager = new FieldManager("m", kind.ApiVersion, "2024-01-01T00:00:00Z");
                JsonObject first;
                try
                {
                    first = ServerSideApply.Apply(null, config, kind.Schema, manager, false);
                }
                catch (PatchException e)
                {
                    Assert.Matches("omits key field|duplicate entries for key", e.Message);
                    continue;
                }

                var again = ServerSideApply.Apply(first, config, kind.Schema, manager with { Time = "2025-01-01T00:00:00Z" }, false);
                Assert.True(JsonNode.DeepEquals(first, again), $"{kind} {seed}\n{first.ToJsonString()}\n{again.ToJsonString()}");
                var other = ServerSideApply.Apply(first, config, kind.Schema, manager with { Manager = "n" }, false);
                Assert.True(JsonNode.DeepEquals(ManagedFields.Bare(first), ManagedFields.Bare(other)));
            }
        }
    }

    /// <summary>What Kubernetes records for a Deployment that a client creates: new maps and lists are owned themselves, structs are not.</summary>
    [Fact]
    public void ACreatorOwnsWhatItSetAndTheDefaults()
    {
        var obj = Config("selector: {matchLabels: {app: a}}, template: {metadata: {labels: {app: a}}, spec: {containers: [{name: c, image: i, ports: [{containerPort: 80}]}]}}");
        obj["metadata"]!["labels"] = new JsonObject { ["app"] = "a" };
        SchemaCheck.Apply(obj, Schema, FieldValidation.Strict);
        Defaulter.Apply(obj, Schema);
        ManagedFields.Update(null, obj, Schema, By("kubectl-create"));
        var expected = JsonNode.Parse("""
            {"f:metadata":{"f:labels":{".":{},"f:app":{}}},
             "f:spec":{"f:progressDeadlineSeconds":{},"f:replicas":{},"f:revisionHistoryLimit":{},"f:selector":{},
              "f:strategy":{"f:rollingUpdate":{".":{},"f:maxSurge":{},"f:maxUnavailable":{}},"f:type":{}},
              "f:template":{"f:metadata":{"f:labels":{".":{},"f:app":{}}},
               "f:spec":{"f:containers":{"k:{\"name\":\"c\"}":{".":{},"f:image":{},"f:imagePullPolicy":{},"f:name":{},
                 "f:ports":{".":{},"k:{\"containerPort\":80,\"protocol\":\"TCP\"}":{".":{},"f:containerPort":{},"f:protocol":{}}},
                 "f:resources":{},"f:terminationMessagePath":{},"f:terminationMessagePolicy":{}}},
                "f:dnsPolicy":{},"f:restartPolicy":{},"f:schedulerName":{},"f:securityContext":{},"f:terminationGracePeriodSeconds":{}}}}}
            """);
        Assert.Equal(expected!.ToJsonString(), JsonNode.Parse(FieldsOf(obj, "kubectl-create"))!.ToJsonString());

        var bare = Edit(obj, "kubectl-edit", o => o["metadata"]!.AsObject().Remove("labels"));
        Assert.StartsWith("{\"f:spec\"", FieldsOf(bare, "kubectl-create"), StringComparison.Ordinal);
    }

    private const string LastApplied = "kubectl.kubernetes.io/last-applied-configuration";

    private static JsonObject AppliedByClient(string spec)
    {
        var obj = Config(spec);
        SchemaCheck.Apply(obj, Schema, FieldValidation.Strict);
        Defaulter.Apply(obj, Schema);
        obj["metadata"]!["annotations"] = new JsonObject { [LastApplied] = Config(spec).ToJsonString() };
        ManagedFields.Update(null, obj, Schema, By("kubectl-client-side-apply"));
        return obj;
    }

    [Fact]
    public void KubectlTakesOverWhatItAppliedFromTheClientSide()
    {
        var live = AppliedByClient("replicas: 3, " + Template);
        var changed = Apply(live, "replicas: 4, " + Template, "kubectl");
        Assert.Equal(4, (int)changed["spec"]!["replicas"]!);
        Assert.Contains("\"replicas\":4", (string?)changed["metadata"]!["annotations"]![LastApplied], StringComparison.Ordinal);
        Assert.Throws<ApplyConflictException>(() => Apply(live, "replicas: 4, " + Template, "another"));
    }

    [Fact]
    public void KubectlDoesNotTakeOverWhatSomebodyChangedSince()
    {
        var live = Edit(AppliedByClient("replicas: 3, " + Template), "autoscaler", o => o["spec"]!["replicas"] = 7);
        var conflict = Assert.Single(Assert.Throws<ApplyConflictException>(() => Apply(live, "replicas: 4, " + Template, "kubectl")).Conflicts);
        Assert.Equal(".spec.replicas", conflict.Field);
    }
}
