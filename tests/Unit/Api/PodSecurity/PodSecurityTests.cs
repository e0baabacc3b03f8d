using System.Text.Json.Nodes;
using Kube.Api.PodSecurity;

namespace Kube.Api.Tests.PodSecurity;

public sealed class PodSecurityTests
{
    private const string Tight = "\"securityContext\":{\"allowPrivilegeEscalation\":false,\"capabilities\":{\"drop\":[\"ALL\"]}}";
    private const string TightPod = "\"securityContext\":{\"runAsNonRoot\":true,\"seccompProfile\":{\"type\":\"RuntimeDefault\"}}";

    [Theory]
    [InlineData("""{"containers":[{"name":"a"}]}""", "")]
    [InlineData("""{"hostNetwork":true,"hostPID":true,"containers":[{"name":"a"}]}""", "host namespaces (hostNetwork=true, hostPID=true)")]
    [InlineData("""{"containers":[{"name":"a","securityContext":{"privileged":true}},{"name":"b","securityContext":{"privileged":true}}]}""", "privileged (containers \"a\", \"b\" must not set securityContext.privileged=true)")]
    [InlineData("""{"containers":[{"name":"a","securityContext":{"capabilities":{"add":["NET_RAW","CHOWN","SYS_ADMIN"]}}}]}""",
        "non-default capabilities (container \"a\" must not include \"NET_RAW\", \"SYS_ADMIN\" in securityContext.capabilities.add)")]
    [InlineData("""{"volumes":[{"name":"v","hostPath":{}}],"containers":[{"name":"a"}]}""", "hostPath volumes (volume \"v\")")]
    [InlineData("""{"containers":[{"name":"a","ports":[{"hostPort":80},{"hostPort":0}]},{"name":"b","ports":[{"hostPort":443}]}]}""", "hostPort (containers \"a\", \"b\" use hostPorts 443, 80)")]
    [InlineData("""{"containers":[{"name":"a","securityContext":{"procMount":"Unmasked"}}]}""", "procMount (container \"a\" must not set securityContext.procMount to \"Unmasked\")")]
    [InlineData("""{"securityContext":{"seLinuxOptions":{"type":"spc_t","user":"u"}},"containers":[{"name":"a","securityContext":{"seLinuxOptions":{"role":"r"}}}]}""",
        "seLinuxOptions (pod and container \"a\" set forbidden securityContext.seLinuxOptions: type \"spc_t\"; user may not be set; role may not be set)")]
    [InlineData("""{"securityContext":{"seccompProfile":{"type":"Unconfined"}},"containers":[{"name":"a"}]}""", "seccompProfile (pod must not set securityContext.seccompProfile.type to \"Unconfined\")")]
    [InlineData("""{"securityContext":{"sysctls":[{"name":"net.ipv4.tcp_rmem"},{"name":"kernel.msgmax"}]},"containers":[{"name":"a"}]}""", "forbidden sysctls (kernel.msgmax)")]
    [InlineData("""{"securityContext":{"appArmorProfile":{"type":"Unconfined"}},"containers":[{"name":"a"}]}""", "forbidden AppArmor profile (pod must not set AppArmor profile type to \"Unconfined\")")]
    [InlineData("""{"containers":[{"name":"a","securityContext":{"windowsOptions":{"hostProcess":true}}}]}""", "hostProcess (container \"a\" must not set securityContext.windowsOptions.hostProcess=true)")]
    public void Baseline(string spec, string expected) => Assert.Equal(expected, Evaluate(PodSecurityLevel.Baseline, null, spec));

    [Theory]
    [InlineData("{" + TightPod + ",\"containers\":[{\"name\":\"a\"," + Tight + "}]}", "")]
    [InlineData("""{"containers":[{"name":"a"}]}""",
        "allowPrivilegeEscalation != false (container \"a\" must set securityContext.allowPrivilegeEscalation=false), unrestricted capabilities (container \"a\" must set securityContext.capabilities.drop=[\"ALL\"]), runAsNonRoot != true (pod or container \"a\" must set securityContext.runAsNonRoot=true), seccompProfile (pod or container \"a\" must set securityContext.seccompProfile.type to \"RuntimeDefault\" or \"Localhost\")")]
    [InlineData("{\"securityContext\":{\"runAsNonRoot\":true,\"runAsUser\":0,\"seccompProfile\":{\"type\":\"Localhost\"}},\"volumes\":[{\"name\":\"v\",\"nfs\":{}},{\"name\":\"w\",\"emptyDir\":{}}],\"containers\":[{\"name\":\"a\"," + Tight + "}]}",
        "restricted volume types (volume \"v\" uses restricted volume type \"nfs\"), runAsUser=0 (pod must not set runAsUser=0)")]
    [InlineData("{\"os\":{\"name\":\"windows\"},\"securityContext\":{\"runAsNonRoot\":true},\"containers\":[{\"name\":\"a\"}]}", "")]
    public void Restricted(string spec, string expected) => Assert.Equal(expected, Evaluate(PodSecurityLevel.Restricted, null, spec));

    [Fact]
    public void An_older_version_knows_less()
    {
        const string spec = """{"securityContext":{"runAsNonRoot":true,"runAsUser":0},"containers":[{"name":"a","securityContext":{"allowPrivilegeEscalation":false}}]}""";
        Assert.Equal("", Evaluate(PodSecurityLevel.Restricted, 18, spec));
        Assert.StartsWith("unrestricted capabilities", Evaluate(PodSecurityLevel.Restricted, null, spec), StringComparison.Ordinal);
        Assert.Equal(Evaluate(PodSecurityLevel.Restricted, 32, spec), Evaluate(PodSecurityLevel.Restricted, 99, spec));
    }

    [Theory]
    [InlineData("{}", "privileged:latest privileged:latest privileged:latest", "")]
    [InlineData("""{"enforce":"baseline"}""", "baseline:latest privileged:latest baseline:latest", "")]
    [InlineData("""{"enforce":"baseline","enforce-version":"v1.25","warn":"restricted"}""", "baseline:v1.25 privileged:latest restricted:latest", "")]
    [InlineData("""{"enforce":"strict","audit":"none","audit-version":"1.2"}""", "restricted:latest privileged:latest privileged:latest",
        "metadata.labels[pod-security.kubernetes.io/enforce]: Invalid value: \"strict\": must be one of privileged, baseline, restricted\nmetadata.labels[pod-security.kubernetes.io/audit]: Invalid value: \"none\": must be one of privileged, baseline, restricted\nmetadata.labels[pod-security.kubernetes.io/audit-version]: Invalid value: \"1.2\": must be \"latest\" or \"v1.x\"")]
    public void Labels_say_the_policy(string labels, string policy, string faults)
    {
        var prefixed = new JsonObject(JsonNode.Parse(labels)!.AsObject().Select(l => KeyValuePair.Create("pod-security.kubernetes.io/" + l.Key, l.Value?.DeepClone())));
        var (read, errors) = PodSecurityPolicy.Of(new JsonObject { ["metadata"] = new JsonObject { ["labels"] = prefixed } });
        Assert.Equal(policy, $"{read.Enforce} {read.Audit} {read.Warn}");
        Assert.Equal(faults, string.Join("\n", errors));
    }

    private static string Evaluate(PodSecurityLevel level, int? minor, string spec) =>
        PodSecurityViolation.Describe(PodSecurityChecks.Evaluate(new LevelVersion(level, minor), null, JsonNode.Parse(spec)!.AsObject()));
}
