using System.Text;
using Kube.Api.Core.V1;
using Kube.Kubelet.PodWorkers;
using Kube.Kubelet.Sources;

namespace Kube.Kubelet.Tests.Sources;

public sealed class StaticPodManifestTests
{
    private const string Manifest = """
        apiVersion: v1
        kind: Pod
        metadata:
          name: web
          labels: {tier: front}
        spec:
          containers:
            - {name: main, image: "busybox:1", command: [sleep, "600"]}
        """;

    [Fact]
    public void A_manifest_is_a_pod_of_this_node_with_its_defaults()
    {
        Pod pod = Read(Manifest);
        Assert.Equal(("web-node-1", "default", "node-1"), (pod.Metadata.Name, pod.Metadata.Namespace, pod.Spec!.NodeName));
        Assert.Equal("front", pod.Metadata.Labels!["tier"]);
        Assert.Equal(("Always", 30L), (pod.Spec.RestartPolicy, pod.Spec.TerminationGracePeriodSeconds));
        Assert.Equal("IfNotPresent", pod.Spec.Containers![0].ImagePullPolicy);
        Assert.Equal("Pending", pod.Status!.Phase);
        Toleration toleration = Assert.Single(pod.Spec.Tolerations!);
        Assert.Equal(("Exists", "NoExecute"), (toleration.Operator, toleration.Effect));
        Assert.Matches("^[0-9a-f]{32}$", pod.Metadata.Uid);
        Assert.Equal(pod.Metadata.Uid, pod.Metadata.Annotations![KubeletLabels.ConfigHash]);
        Assert.Equal("file", pod.Metadata.Annotations[KubeletLabels.ConfigSource]);
        Assert.True(pod.IsStatic());
    }

    [Fact]
    public void Its_identity_follows_content_file_and_node()
    {
        string uid = Read(Manifest).Uid();
        Assert.Equal(uid, Read(Manifest).Uid());
        Assert.NotEqual(uid, Read(Manifest.Replace("600", "601")).Uid());
        Assert.NotEqual(uid, Read(Manifest, path: "/m/other.yaml").Uid());
        Assert.NotEqual(uid, Read(Manifest, node: "node-2").Uid());
        Assert.Equal("mine", Read(Manifest.Replace("name: web", "name: web\n  uid: mine")).Uid());
    }

    [Theory]
    [InlineData("kind: Pod\napiVersion: v1\nmetadata: {name: web}\nspec: {}", "invalid pod: spec.containers: Required value")]
    [InlineData("kind: ConfigMap\napiVersion: v1\nmetadata: {name: web}", "invalid pod: it is a ConfigMap of v1")]
    [InlineData("kind: Pod\napiVersion: v1\nmetadata: {name: web_1}\nspec: {containers: [{name: a, image: b}]}", "invalid pod: metadata.name: Invalid value: \"web_1-node-1\"")]
    public void What_is_no_pod_is_refused_with_the_reason(string manifest, string reason) =>
        Assert.StartsWith(reason, Assert.Throws<InvalidDataException>(() => Read(manifest)).Message);

    [Theory]
    [InlineData("a: [")]
    [InlineData("")]
    [InlineData("just text")]
    public void What_is_no_object_is_refused(string manifest) => Assert.Throws<InvalidDataException>(() => Read(manifest));

    private static Pod Read(string manifest, string path = "/m/web.yaml", string node = "node-1") =>
        StaticPodManifest.Read(Encoding.UTF8.GetBytes(manifest), path, node);
}
