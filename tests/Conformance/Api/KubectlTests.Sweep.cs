namespace Kube.Conformance.Tests.Api;

public sealed partial class KubectlTests
{
    private const string App = """
        apiVersion: apps/v1
        kind: Deployment
        metadata: {name: app, labels: {app: app}}
        spec:
          replicas: 1
          selector: {matchLabels: {app: app}}
          template:
            metadata: {labels: {app: app}}
            spec: {containers: [{name: c, image: "nginx:1"}]}
        ---
        apiVersion: v1
        kind: ConfigMap
        metadata: {name: extra, labels: {app: app}}
        data: {a: b}
        """;

    private static string NewApp => App.Replace("nginx:1", "nginx:2", StringComparison.Ordinal);

    /// <summary>Ways to change an object, with what kubectl prints of each against Kubernetes.</summary>
    [Fact]
    public async Task Manifests_are_compared_replaced_pruned_and_owned()
    {
        await RunAsync("1.32", ["create", "namespace", "sweep"]);
        Task<string> In(string[] arguments, string? input = null) => RunAsync("1.32", ["-n", "sweep", .. arguments], input);
        Assert.Equal("deployment.apps/app created\nconfigmap/extra created\n", await In(["apply", "-f", "-"], App));
        var diff = await api.KubectlAsync("1.32", ["-n", "sweep", "diff", "-f", "-"], NewApp);
        Assert.Equal(1, diff.ExitCode);
        Assert.Contains("-      - image: nginx:1\n+      - image: nginx:2\n", diff.Output, StringComparison.Ordinal);
        Assert.Equal("deployment.apps/app configured (server dry run)\nconfigmap/extra unchanged (server dry run)\n", await In(["apply", "--dry-run=server", "-f", "-"], NewApp));
        Assert.StartsWith("deployment.apps/app configured\n", await In(["apply", "--prune", "-l", "app=app", "-f", "-"], NewApp[..NewApp.IndexOf("---", StringComparison.Ordinal)]), StringComparison.Ordinal);
        Assert.Contains("configmaps \"extra\" not found", await FailAsync("1.32", ["-n", "sweep", "get", "configmap", "extra"]), StringComparison.Ordinal);
        Assert.Equal("deployment.apps/app serverside-applied\nconfigmap/extra serverside-applied\n", await In(["apply", "--server-side", "-f", "-"], NewApp));
        Assert.Contains(
            "Apply failed with 1 conflict: conflict with \"kubectl\": .spec.template.spec.containers[name=\"c\"].image\n",
            await FailAsync("1.32", ["-n", "sweep", "apply", "--server-side", "--field-manager=other", "-f", "-"], App), StringComparison.Ordinal);
        Assert.Equal("deployment.apps/app serverside-applied\nconfigmap/extra serverside-applied\n", await In(["apply", "--server-side", "--field-manager=other", "--force-conflicts", "-f", "-"], App));
        Assert.Equal("deployment.apps \"app\" deleted\nconfigmap \"extra\" deleted\ndeployment.apps/app replaced\nconfigmap/extra replaced\n", await In(["replace", "--force", "-f", "-"], App));
        Assert.Equal("scale.autoscaling/app patched\n", await In(["patch", "deploy", "app", "--subresource=scale", "--type=merge", "-p", """{"spec":{"replicas":4}}"""]));
        Assert.Equal("deployment.apps/app patched (no change)\n", await In(["patch", "deploy", "app", "-p", """{"spec":{"replicas":4}}"""]));
        Assert.Equal("deployment.apps/app scaled\n", await In(["scale", "deploy/app", "--replicas=3", "--current-replicas=4"]));
        Assert.Contains("Expected replicas to be 9, was 3", await FailAsync("1.32", ["-n", "sweep", "scale", "deploy/app", "--replicas=1", "--current-replicas=9"]), StringComparison.Ordinal);
        Assert.Equal("deployment.apps/app condition met\n", await In(["wait", "deploy/app", "--for=jsonpath={.spec.replicas}=3"]));
        Assert.Equal("deployment.apps/app paused\n", await In(["rollout", "pause", "deploy/app"]));
        Assert.Equal("deployment.apps/app env updated\n", await In(["set", "env", "deploy/app", "A=B"]));
        Assert.Equal("deployment.apps/app resource requirements updated\n", await In(["set", "resources", "deploy/app", "--limits=cpu=200m"]));
        Assert.Matches(@"^NAME +READY +UP-TO-DATE +AVAILABLE +AGE +CONTAINERS +IMAGES +SELECTOR\napp +0/3 +0 +0 +\d+s +c +nginx:1 +app=app\n$", await In(["get", "deploy", "-o", "wide"]));
        await In(["delete", "deploy,cm", "-l", "app=app"]);
    }

    /// <summary>Nodes, certificates and rights, which administrators look after.</summary>
    [Fact]
    public async Task An_administrators_commands_do_what_they_say()
    {
        Task<string> Run(params string[] arguments) => RunAsync("1.32", arguments);
        await RunAsync("1.32", ["create", "-f", "-"], """{"apiVersion":"v1","kind":"Node","metadata":{"name":"sweep"}}""");
        Assert.Equal("node/sweep cordoned\n", await Run("cordon", "sweep"));
        Assert.Equal("node/sweep uncordoned\n", await Run("uncordon", "sweep"));
        Assert.Equal("node/sweep tainted\n", await Run("taint", "node", "sweep", "a=b:NoSchedule"));
        Assert.Equal("node/sweep untainted\n", await Run("taint", "node", "sweep", "a-"));
        Assert.Equal("node/sweep cordoned\nnode/sweep drained\n", await Run("drain", "sweep"));
        await Run("delete", "node", "sweep");
        Assert.Contains("Metrics API not available", await FailAsync("1.32", ["top", "node"]), StringComparison.Ordinal);

        var request = $$$$"""
            {"apiVersion":"certificates.k8s.io/v1","kind":"CertificateSigningRequest","metadata":{"name":"sweep"},
             "spec":{"request":"{{{{Behaviours.ResourceTests.SigningRequest}}}}","signerName":"kubernetes.io/kube-apiserver-client","usages":["client auth"]}}
            """;
        await RunAsync("1.32", ["create", "-f", "-"], request);
        Assert.Equal("certificatesigningrequest.certificates.k8s.io/sweep approved\n", await Run("certificate", "approve", "sweep"));
        Assert.Contains("is already Approved", await FailAsync("1.32", ["certificate", "deny", "sweep", "--force"]), StringComparison.Ordinal);

        Assert.Contains("Username    kubernetes-admin\n", await Run("auth", "whoami"), StringComparison.Ordinal);
    }
}
