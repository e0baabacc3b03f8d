using System.Text;
using System.Text.Json.Nodes;
using Kube.Api.Defaulting;
using Kube.Api.Schema;
using Kube.Api.Serialization;

namespace Kube.Api.Tests.Defaulting;

public sealed class DefaulterTests
{
    private static JsonObject Default(string yaml)
    {
        var decoded = ObjectCodec.Decode(Encoding.UTF8.GetBytes(yaml), WireFormat.Yaml, null, KindCatalog.Default.FindSchema, FieldValidation.Strict);
        Defaulter.Apply(decoded.Object, decoded.Schema);
        var once = decoded.Object.ToJsonString();
        Defaulter.Apply(decoded.Object, decoded.Schema);
        Assert.Equal(once, decoded.Object.ToJsonString());
        return decoded.Object;
    }

    private static void Check(string yaml, string expected)
    {
        var actual = Default(yaml);
        var wanted = YamlTree.Parse(Encoding.UTF8.GetBytes(expected));
        Assert.True(JsonNode.DeepEquals(wanted, actual), Encoding.UTF8.GetString(YamlTree.ToBytes(actual)));
    }

    [Fact]
    public void AnAutoscalerWithoutMetricsScalesByCpu() => Check(
        """
        apiVersion: autoscaling/v2
        kind: HorizontalPodAutoscaler
        metadata: {name: a}
        spec: {maxReplicas: 3, scaleTargetRef: {kind: Deployment, name: d}, behavior: {scaleDown: {selectPolicy: Min}}}
        """,
        """
        apiVersion: autoscaling/v2
        kind: HorizontalPodAutoscaler
        metadata: {name: a, creationTimestamp: null}
        spec:
          maxReplicas: 3
          minReplicas: 1
          scaleTargetRef: {kind: Deployment, name: d}
          metrics: [{type: Resource, resource: {name: cpu, target: {type: Utilization, averageUtilization: 80}}}]
          behavior:
            scaleUp:
              stabilizationWindowSeconds: 0
              selectPolicy: Max
              policies: [{type: Pods, value: 4, periodSeconds: 15}, {type: Percent, value: 100, periodSeconds: 15}]
            scaleDown: {selectPolicy: Min, policies: [{type: Percent, value: 100, periodSeconds: 15}]}
        status: {currentMetrics: null, desiredReplicas: 0}
        """);

    [Fact]
    public void APodIsDefaultedAsKubernetesDoes() => Check(
        """
        apiVersion: v1
        kind: Pod
        metadata: {name: a}
        spec:
          hostNetwork: true
          containers:
          - name: c
            image: busybox
            resources: {limits: {cpu: "1", memory: 1Gi}, requests: {cpu: 100m}}
            ports: [{containerPort: 80}]
            livenessProbe: {httpGet: {port: 80}}
            env: [{name: M, valueFrom: {fieldRef: {fieldPath: metadata.name}}}]
          - {name: d, image: "r:5000/x:v1"}
          volumes: [{name: e}, {name: s, secret: {secretName: t}}, {name: p, projected: {sources: [{serviceAccountToken: {path: token}}]}}, {name: h, hostPath: {path: /p}}]
        """,
        """
        apiVersion: v1
        kind: Pod
        metadata: {name: a, creationTimestamp: null}
        spec:
          hostNetwork: true
          enableServiceLinks: true
          restartPolicy: Always
          dnsPolicy: ClusterFirst
          schedulerName: default-scheduler
          securityContext: {}
          terminationGracePeriodSeconds: 30
          containers:
          - name: c
            image: busybox
            imagePullPolicy: Always
            terminationMessagePath: /dev/termination-log
            terminationMessagePolicy: File
            resources: {limits: {cpu: "1", memory: 1Gi}, requests: {cpu: 100m, memory: 1Gi}}
            ports: [{containerPort: 80, hostPort: 80, protocol: TCP}]
            livenessProbe: {httpGet: {port: 80, path: /, scheme: HTTP}, timeoutSeconds: 1, periodSeconds: 10, successThreshold: 1, failureThreshold: 3}
            env: [{name: M, valueFrom: {fieldRef: {apiVersion: v1, fieldPath: metadata.name}}}]
          - name: d
            image: "r:5000/x:v1"
            imagePullPolicy: IfNotPresent
            terminationMessagePath: /dev/termination-log
            terminationMessagePolicy: File
            resources: {}
          volumes:
          - {name: e, emptyDir: {}}
          - {name: s, secret: {secretName: t, defaultMode: 420}}
          - {name: p, projected: {defaultMode: 420, sources: [{serviceAccountToken: {path: token, expirationSeconds: 3600}}]}}
          - {name: h, hostPath: {path: /p, type: ""}}
        status: {}
        """);

    [Fact]
    public void ADeploymentIsDefaultedAsKubernetesDoes() => Check(
        """
        apiVersion: apps/v1
        kind: Deployment
        metadata: {name: a}
        spec:
          selector: {matchLabels: {app: a}}
          template: {metadata: {labels: {app: a}}, spec: {containers: [{name: c, image: "i@sha256:0"}]}}
        """,
        """
        apiVersion: apps/v1
        kind: Deployment
        metadata: {name: a, creationTimestamp: null}
        spec:
          replicas: 1
          revisionHistoryLimit: 10
          progressDeadlineSeconds: 600
          selector: {matchLabels: {app: a}}
          strategy: {type: RollingUpdate, rollingUpdate: {maxSurge: 25%, maxUnavailable: 25%}}
          template:
            metadata: {creationTimestamp: null, labels: {app: a}}
            spec:
              restartPolicy: Always
              dnsPolicy: ClusterFirst
              schedulerName: default-scheduler
              securityContext: {}
              terminationGracePeriodSeconds: 30
              containers:
              - {name: c, image: "i@sha256:0", imagePullPolicy: IfNotPresent, terminationMessagePath: /dev/termination-log, terminationMessagePolicy: File, resources: {}}
        status: {}
        """);

    [Fact]
    public void AServiceIsDefaultedAsKubernetesDoes() => Check(
        """
        {apiVersion: v1, kind: Service, metadata: {name: a}, spec: {type: NodePort, sessionAffinity: ClientIP, ports: [{port: 80}, {port: 81, name: x, targetPort: web, protocol: UDP}]}}
        """,
        """
        apiVersion: v1
        kind: Service
        metadata: {name: a, creationTimestamp: null}
        spec:
          type: NodePort
          sessionAffinity: ClientIP
          sessionAffinityConfig: {clientIP: {timeoutSeconds: 10800}}
          externalTrafficPolicy: Cluster
          internalTrafficPolicy: Cluster
          ports: [{port: 80, targetPort: 80, protocol: TCP}, {name: x, port: 81, targetPort: web, protocol: UDP}]
        status: {loadBalancer: {}}
        """);

    [Theory]
    [InlineData("{apiVersion: v1, kind: Secret, metadata: {name: a}}", "type", "\"Opaque\"")]
    [InlineData("{apiVersion: v1, kind: Namespace, metadata: {name: a}}", "metadata.labels", """{"kubernetes.io/metadata.name":"a"}""")]
    [InlineData("{apiVersion: v1, kind: Namespace, metadata: {name: a}}", "status.phase", "\"Active\"")]
    [InlineData("{apiVersion: v1, kind: Node, metadata: {name: a}, status: {capacity: {cpu: '2'}}}", "status.allocatable", """{"cpu":"2"}""")]
    [InlineData("{apiVersion: apps/v1, kind: ReplicaSet, metadata: {name: a}}", "spec.replicas", "1")]
    [InlineData("{apiVersion: apps/v1, kind: ReplicaSet, metadata: {name: a}, spec: {replicas: 0}}", "spec.replicas", "0")]
    [InlineData("{apiVersion: batch/v1, kind: Job, metadata: {name: a}}", "spec.backoffLimit", "6")]
    [InlineData("{apiVersion: batch/v1, kind: Job, metadata: {name: a}, spec: {parallelism: 2}}", "spec.completions", null)]
    [InlineData("{apiVersion: rbac.authorization.k8s.io/v1, kind: RoleBinding, metadata: {name: a}, roleRef: {kind: Role, name: r}, subjects: [{kind: User, name: u}, {kind: ServiceAccount, name: s}]}", "subjects", """[{"kind":"User","name":"u","apiGroup":"rbac.authorization.k8s.io"},{"kind":"ServiceAccount","name":"s"}]""")]
    [InlineData("{apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, metadata: {name: a}, spec: {egress: [{}]}}", "spec.policyTypes", """["Ingress","Egress"]""")]
    [InlineData("{apiVersion: apps/v1, kind: DaemonSet, metadata: {name: a}}", "spec.updateStrategy", """{"type":"RollingUpdate","rollingUpdate":{"maxUnavailable":1,"maxSurge":0}}""")]
    [InlineData("{apiVersion: coordination.k8s.io/v1, kind: Lease, metadata: {name: a}}", "spec", "{}")]
    public void Defaults(string yaml, string path, string? expected)
    {
        JsonNode? node = Default(yaml);
        foreach (var part in path.Split('.'))
        {
            node = node?[part];
        }

        Assert.Equal(expected, node?.ToJsonString());
    }

    [Theory]
    [InlineData("busybox", true)]
    [InlineData("busybox:latest", true)]
    [InlineData("r.io:5000/a/b", true)]
    [InlineData("r.io:5000/a/b:1", false)]
    [InlineData("a@sha256:00", false)]
    [InlineData("a:latest@sha256:00", true)]
    public void TheLatestTagIsTold(string image, bool latest) => Assert.Equal(latest, PodDefaults.HasLatestTag(image));

    [Fact]
    public void RandomObjectsOfEveryKindAreDefaultedOnceAndForAll()
    {
        foreach (var kind in KindCatalog.Default.Kinds)
        {
            var obj = new Serialization.ObjectGenerator(21).Make(kind);
            Defaulter.Apply(obj, kind.Schema);
            var once = obj.ToJsonString();
            Defaulter.Apply(obj, kind.Schema);
            Assert.Equal(once, obj.ToJsonString());
            SchemaCheck.Apply(obj, kind.Schema, FieldValidation.Strict);
        }
    }
}
