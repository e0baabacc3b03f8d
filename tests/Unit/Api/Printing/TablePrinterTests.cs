using System.Text.Json;
using System.Text.Json.Nodes;
using Kube.Api.Printing;
using Kube.Api.Schema;
using Kube.Api.Tests.Types;

namespace Kube.Api.Tests.Printing;

public class TablePrinterTests
{
    private static readonly DateTimeOffset s_now = new(2026, 1, 2, 12, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData("", "Node", """{"status":{"conditions":[{"type":"Ready","status":"True"}],"nodeInfo":{"kubeletVersion":"v1.32.4","osImage":"Linux"},"addresses":[{"type":"InternalIP","address":"10.1.1.1"}]}}""",
        "x|Ready|<none>|10m|v1.32.4|10.1.1.1|<none>|Linux|<unknown>|<unknown>")]
    [InlineData("", "Node", """{"metadata":{"labels":{"node-role.kubernetes.io/control-plane":"","kubernetes.io/role":"a"}},"spec":{"unschedulable":true},"status":{"conditions":[{"type":"Ready","status":"Unknown"}]}}""",
        "x|NotReady,SchedulingDisabled|a,control-plane|10m||<none>|<none>|<unknown>|<unknown>|<unknown>")]
    [InlineData("", "Namespace", """{"status":{"phase":"Active"}}""", "x|Active|10m")]
    [InlineData("", "ConfigMap", """{"data":{"a":"1"},"binaryData":{"b":"","c":""}}""", "x|3|10m")]
    [InlineData("", "Secret", """{"type":"Opaque","data":{"a":""}}""", "x|Opaque|1|10m")]
    [InlineData("", "ServiceAccount", "{}", "x|0|10m")]
    [InlineData("", "Service", """{"spec":{"type":"ClusterIP","clusterIP":"10.0.0.1","clusterIPs":["10.0.0.1"],"ports":[{"port":80,"protocol":"TCP"},{"port":53,"nodePort":30053,"protocol":"UDP"}],"selector":{"b":"2","a":"1"}}}""",
        "x|ClusterIP|10.0.0.1|<none>|80/TCP,53:30053/UDP|10m|a=1,b=2")]
    [InlineData("", "Service", """{"spec":{"type":"LoadBalancer","externalIPs":["9.9.9.9"]},"status":{"loadBalancer":{"ingress":[{"hostname":"h"},{"ip":"1.2.3.4"}]}}}""",
        "x|LoadBalancer|<none>|1.2.3.4,h,9.9.9.9|<none>|10m|<none>")]
    [InlineData("", "Service", """{"spec":{"type":"LoadBalancer"}}""", "x|LoadBalancer|<none>|<pending>|<none>|10m|<none>")]
    [InlineData("", "Service", """{"spec":{"type":"ExternalName","externalName":"example.org"}}""", "x|ExternalName|<none>|example.org|<none>|10m|<none>")]
    [InlineData("", "Endpoints", "{}", "x|<none>|10m")]
    [InlineData("", "Endpoints", """{"subsets":[{"addresses":[{"ip":"1.1.1.1"},{"ip":"fd::2"}],"ports":[{"port":80},{"port":81}]}]}""",
        "x|1.1.1.1:80,[fd::2]:80,1.1.1.1:81 + 1 more...|10m")]
    [InlineData("", "ReplicationController", """{"spec":{"replicas":2,"selector":{"a":"b"},"template":{"spec":{"containers":[{"name":"c","image":"i"}]}}},"status":{"replicas":1}}""",
        "x|2|1|0|10m|c|i|a=b")]
    [InlineData("", "ResourceQuota", """{"status":{"hard":{"pods":"10","limits.cpu":"4","cpu":"2"},"used":{"pods":"1"}}}""", "x|cpu: 0/2, pods: 1/10|limits.cpu: 0/4|10m")]
    [InlineData("", "LimitRange", "{}", "x|2026-01-02T11:50:00Z")]
    [InlineData("", "ComponentStatus", """{"conditions":[{"type":"Healthy","status":"True","message":"ok"}]}""", "x|Healthy|ok|")]
    [InlineData("", "PersistentVolumeClaim", """{"spec":{"volumeName":"v","storageClassName":"s","volumeMode":"Filesystem"},"status":{"phase":"Bound","capacity":{"storage":"1Gi"},"accessModes":["ReadWriteMany","ReadWriteOnce"]}}""",
        "x|Bound|v|1Gi|RWO,RWX|s|<unset>|10m|Filesystem")]
    [InlineData("", "PersistentVolume", """{"spec":{"capacity":{"storage":"1Gi"},"accessModes":["ReadOnlyMany"],"persistentVolumeReclaimPolicy":"Retain","claimRef":{"namespace":"n","name":"c"}},"status":{"phase":"Bound"}}""",
        "x|1Gi|ROX|Retain|Bound|n/c||<unset>||10m|<unset>")]
    [InlineData("", "Event", """{"type":"Warning","reason":"Failed","involvedObject":{"kind":"Pod","name":"p","fieldPath":"spec"},"message":" m\n","source":{"component":"kubelet","host":"n"},"firstTimestamp":"2026-01-02T11:00:00Z","lastTimestamp":"2026-01-02T11:59:00Z","count":7}""",
        "60s|Warning|Failed|pod/p|spec|kubelet, n|m|60m|7|x")]
    [InlineData("", "Event", """{"type":"Normal","involvedObject":{"kind":"Node"},"eventTime":"2026-01-02T11:59:30.000001Z","reportingComponent":"s","reportingInstance":"i"}""",
        "29s|Normal||node||s, i||29s|1|x")]
    [InlineData("events.k8s.io", "Event", """{"type":"Normal","reason":"Scheduled","regarding":{"kind":"Pod","name":"p"},"note":"n","eventTime":"2026-01-02T11:00:00.000000Z","reportingController":"sched","series":{"count":3,"lastObservedTime":"2026-01-02T11:59:50.000000Z"}}""",
        "10s|Normal|Scheduled|pod/p||sched|n|60m|3|x")]
    [InlineData("apps", "Deployment", """{"spec":{"replicas":3,"selector":{"matchLabels":{"app":"w"}},"template":{"spec":{"containers":[{"name":"c","image":"i"},{"name":"d","image":"j"}]}}},"status":{"readyReplicas":2,"updatedReplicas":3,"availableReplicas":1}}""",
        "x|2/3|3|1|10m|c,d|i,j|app=w")]
    [InlineData("apps", "ReplicaSet", """{"spec":{"replicas":3,"selector":{"matchLabels":{"z":"1"},"matchExpressions":[{"key":"k","operator":"In","values":["b","a"]},{"key":"e","operator":"Exists"},{"key":"n","operator":"DoesNotExist"},{"key":"o","operator":"NotIn","values":["c"]}]}},"status":{"replicas":3,"readyReplicas":2}}""",
        "x|3|3|2|10m|||e,k in (a,b),!n,o notin (c),z=1")]
    [InlineData("apps", "StatefulSet", """{"spec":{"replicas":1},"status":{}}""", "x|0/1|10m||")]
    [InlineData("apps", "DaemonSet", """{"status":{"desiredNumberScheduled":3,"currentNumberScheduled":2,"numberReady":1}}""", "x|3|2|1|0|0|<none>|10m|||<none>")]
    [InlineData("apps", "ControllerRevision", """{"metadata":{"ownerReferences":[{"apiVersion":"apps/v1","kind":"DaemonSet","name":"d","controller":true}]},"revision":4}""", "x|daemonset.apps/d|4|10m")]
    [InlineData("batch", "Job", """{"spec":{"completions":3},"status":{"succeeded":1,"startTime":"2026-01-02T11:59:00Z"}}""", "x|Running|1/3|60s|10m|||<none>")]
    [InlineData("batch", "Job", """{"spec":{"parallelism":4},"status":{"conditions":[{"type":"Complete","status":"True"}],"succeeded":1,"startTime":"2026-01-02T11:50:00Z","completionTime":"2026-01-02T11:50:05Z"}}""", "x|Complete|1/1 of 4|5s|10m|||<none>")]
    [InlineData("batch", "CronJob", """{"spec":{"schedule":"* * * * *","suspend":false},"status":{"lastScheduleTime":"2026-01-02T11:59:00Z"}}""", "x|* * * * *|<none>|False|0|60s|10m|||<none>")]
    [InlineData("rbac.authorization.k8s.io", "ClusterRole", "{}", "x|2026-01-02T11:50:00Z")]
    [InlineData("rbac.authorization.k8s.io", "RoleBinding", """{"roleRef":{"kind":"Role","name":"r"},"subjects":[{"kind":"User","name":"u"},{"kind":"User","name":"v"},{"kind":"ServiceAccount","namespace":"n","name":"s"}]}""",
        "x|Role/r|10m|u, v||n/s")]
    [InlineData("coordination.k8s.io", "Lease", """{"spec":{"holderIdentity":"h"}}""", "x|h|10m")]
    [InlineData("discovery.k8s.io", "EndpointSlice", """{"addressType":"IPv4","ports":[{"port":80}],"endpoints":[{"addresses":["1.1.1.1"]}]}""", "x|IPv4|80|1.1.1.1|10m")]
    [InlineData("discovery.k8s.io", "EndpointSlice", """{"addressType":"IPv4"}""", "x|IPv4|<unset>|<unset>|10m")]
    [InlineData("networking.k8s.io", "Ingress", """{"spec":{"rules":[{"host":"a"},{"host":"b"},{"host":"c"},{"host":"d"}],"tls":[{}]}}""", "x|<none>|a,b,c + 1 more...||80, 443|10m")]
    [InlineData("policy", "PodDisruptionBudget", """{"spec":{"maxUnavailable":"25%"},"status":{"disruptionsAllowed":1}}""", "x|N/A|25%|1|10m")]
    [InlineData("autoscaling", "HorizontalPodAutoscaler", """{"spec":{"scaleTargetRef":{"kind":"Deployment","name":"d"},"maxReplicas":5,"metrics":[{"type":"Resource","resource":{"name":"cpu","target":{"averageUtilization":80}}}]}}""",
        "x|Deployment/d|cpu: <unknown>/80%|<unset>|5|0|10m")]
    [InlineData("storage.k8s.io", "StorageClass", """{"metadata":{"annotations":{"storageclass.kubernetes.io/is-default-class":"true"}},"provisioner":"p"}""", "x (default)|p|Delete|Immediate|false|10m")]
    [InlineData("scheduling.k8s.io", "PriorityClass", """{"value":1000,"globalDefault":true,"preemptionPolicy":"Never"}""", "x|1000|true|10m|Never")]
    [InlineData("example.org", "Widget", "{}", "x|10m")]
    public void CellsAreThoseOfKubectl(string group, string kind, string json, string expected)
    {
        var row = TablePrinter.Row(group, kind, Named(json), s_now);
        Assert.Equal(expected, string.Join('|', row.Cells!.Select(cell => cell!.GetValueKind() == JsonValueKind.String ? cell.GetValue<string>() : cell.ToJsonString())));
        Assert.Equal(TablePrinter.Columns(group, kind).Count, row.Cells!.Count);
    }

    [Fact]
    public void ObjectsOfTheWrongShapeStillPrint()
    {
        string[] shapes =
        [
            "{}", """{"metadata":null,"spec":null,"status":null}""", """{"metadata":[],"spec":"x","status":7}""",
            """{"metadata":{"name":5,"creationTimestamp":"soon","labels":[1]},"spec":{"containers":{},"replicas":"two","selector":1,"template":[]},"status":{"conditions":[1,null,"x"],"containerStatuses":[null]}}""",
        ];
        foreach (var kind in KindCatalogue.Kinds.Select(type => (KindAttribute)Attribute.GetCustomAttribute(type, typeof(KindAttribute))!).Zip(KindCatalogue.Kinds))
        {
            foreach (var shape in shapes)
            {
                var row = TablePrinter.Row(kind.First.Group, kind.Second.Name, JsonNode.Parse(shape)!.AsObject(), s_now);
                Assert.Equal(TablePrinter.Columns(kind.First.Group, kind.Second.Name).Count, row.Cells!.Count);
            }
        }
    }

    [Fact]
    public void AgeWithoutCreationIsUnknown() =>
        Assert.Equal("<unknown>", TablePrinter.Row("", "ConfigMap", [], s_now).Cells![2]!.GetValue<string>());

    private static JsonObject Named(string json)
    {
        var item = JsonNode.Parse(json)!.AsObject();
        var metadata = item["metadata"] as JsonObject ?? [];
        metadata["name"] = "x";
        metadata["creationTimestamp"] = "2026-01-02T11:50:00Z";
        if (item["metadata"] is null)
        {
            item["metadata"] = metadata;
        }

        return item;
    }
}
