using System.Text;
using Kube.Api.Core.V1;
using Kube.Api.Meta.V1;
using Kube.Api.Values;
using Kube.Kubelet.PodWorkers;
using Kube.Kubelet.Tests.Fakes;
using Kube.Kubelet.Volumes;

namespace Kube.Kubelet.Tests.PodWorkers;

/// <summary>Small decisions of the node about a pod.</summary>
public sealed class NodeRulesTests
{
    [Theory]
    [InlineData("kernel.shm_rmid_forced", false, false, null)]
    [InlineData("net.ipv4.tcp_rmem", false, false, null)]
    [InlineData("net/ipv4/tcp_syncookies", false, false, null)]
    [InlineData("net.ipv4.tcp_syncookies", true, false, "forbidden sysctl: \"net.ipv4.tcp_syncookies\" not allowed with host net enabled")]
    [InlineData("kernel.shm_rmid_forced", false, true, "forbidden sysctl: \"kernel.shm_rmid_forced\" not allowed with host ipc enabled")]
    [InlineData("kernel.msgmax", false, false, "forbidden sysctl: \"kernel.msgmax\" not allowlisted")]
    [InlineData("net.core.somaxconn", false, false, null)]
    [InlineData("net.core.somaxconn", true, false, "forbidden sysctl: \"net.core.somaxconn\" not allowed with host net enabled")]
    public void A_pod_may_set_what_is_its_own_and_what_the_node_allows(string name, bool hostNetwork, bool hostIpc, string? expected)
    {
        Pod pod = Pods.Pod();
        (pod.Spec!.HostNetwork, pod.Spec.HostIPC) = (hostNetwork, hostIpc);
        pod.Spec.SecurityContext = new PodSecurityContext { Sysctls = [new Sysctl { Name = name, Value = "1" }] };
        PodRejection? rejection = SysctlAdmission.Check(pod, ["net.core.*", "kernel.sem"]);
        Assert.Equal(expected, rejection?.Message);
        Assert.Equal(expected is null ? null : "SysctlForbidden", rejection?.Reason);
    }

    [Theory]
    [InlineData("registry.example/team/app:1", "registry.example", "u")]
    [InlineData("registry.example/team/app:1", "https://registry.example/v2/", "u")]
    [InlineData("registry.example:5000/app", "registry.example:5000", "u")]
    [InlineData("registry.example:5000/app", "registry.example", null)]
    [InlineData("a.registry.example/app", "*.registry.example", "u")]
    [InlineData("a.b.registry.example/app", "*.registry.example", null)]
    [InlineData("registry.example/team/app@sha256:00", "registry.example/team", "u")]
    [InlineData("registry.example/other/app", "registry.example/team", null)]
    [InlineData("busybox", "https://index.docker.io/v1/", "u")]
    [InlineData("busybox:1.36", "docker.io", "u")]
    [InlineData("owner/image", "registry.example", null)]
    public void A_pull_secret_fits_an_image_by_host_and_path(string image, string server, string? user)
    {
        string auth = Convert.ToBase64String(Encoding.UTF8.GetBytes("u:p:q"));
        Secret secret = Secret(".dockerconfigjson", $$$$"""{"auths":{"{{{{server}}}}":{"auth":"{{{{auth}}}}"}}}""");
        var found = RegistryCredentials.For(image, [secret]);
        Assert.Equal(user is null ? [] : [(user, "p:q")], found.Select(static a => (a.Username, a.Password)));
        Secret legacy = Secret(".dockercfg", $$$$"""{"{{{{server}}}}":{"username":"u","password":"p:q","email":""}}""");
        Assert.Equal(user is null ? [] : [(user, "p:q")], RegistryCredentials.For(image, [legacy]).Select(static a => (a.Username, a.Password)));
    }

    [Fact]
    public void The_closest_of_several_pull_secrets_is_tried_first_and_a_broken_one_is_not_quoted()
    {
        Secret[] secrets =
        [
            Secret(".dockerconfigjson", """{"auths":{"registry.example":{"username":"wide","password":"1"}}}"""),
            Secret(".dockerconfigjson", """{"auths":{"registry.example/team":{"username":"close","password":"2"}}}"""),
            Secret("token", "not a pull secret"),
        ];
        Assert.Equal(["close", "wide"], RegistryCredentials.For("registry.example/team/app", secrets).Select(static a => a.Username));
        var broken = Assert.Throws<InvalidDataException>(() => RegistryCredentials.For("registry.example/app", [Secret(".dockerconfigjson", "{\"password")]));
        Assert.DoesNotContain("password", broken.Message);
    }

    [Theory]
    [InlineData(null, null, 1000L)]
    [InlineData("300", null, 300L)]
    [InlineData("300", "200", 200L)]
    [InlineData(null, "200", 200L)]
    [InlineData(null, "5000", 1000L)]
    public void A_memory_volume_is_as_large_as_the_least_of_node_pod_and_its_own_limit(string? containers, string? own, long expected)
    {
        Pod pod = Pods.Pod();
        if (containers is not null)
        {
            pod.Spec!.Containers![0].Resources = new ResourceRequirements { Limits = new Dictionary<string, Quantity> { ["memory"] = Quantity.Parse(containers) } };
        }

        EmptyDirVolumeSource source = new() { Medium = "Memory", SizeLimit = own is null ? null : Quantity.Parse(own) };
        Assert.Equal(expected, VolumeManager.MemorySize(pod, source, new Dictionary<string, Quantity> { ["memory"] = Quantity.Parse("1000") }));
    }

    private static Secret Secret(string key, string content) => new()
    {
        Metadata = new ObjectMeta { Name = "pull", Namespace = "default" },
        Data = new Dictionary<string, byte[]> { [key] = Encoding.UTF8.GetBytes(content) },
    };
}
