using System.Net;
using Kube.Testing;

namespace Kube.EndToEnd.Tests;

/// <summary>A whole cluster whose node runs its pods on a real containerd, with images from a registry.</summary>
[Collection(ContainerdCollection.Name)]
public sealed class ContainerdTests(ContainerdCluster cluster)
{
    [Fact]
    public async Task A_pod_runs_from_an_image_in_namespaces_and_with_an_address_of_its_own()
    {
        Assert.StartsWith("containerd://", await cluster.Kubectl("get", "node", "node-1", "-o", "jsonpath={.status.nodeInfo.containerRuntimeVersion}"));

        // Kubernetes reads two dollar signs as one.
        await cluster.Kubectl("run", "one", $"--image={cluster.Image}", "--restart=Never", "--command", "--", "/bin/sh", "-c", "hostname; hostname -i; echo pid $$$$; exec sleep 600");
        await cluster.AwaitAsync("pod/one", ".status.phase", "Running");
        var address = await cluster.Kubectl("get", "pod", "one", "-o", "jsonpath={.status.podIP}");
        Assert.True(IPAddress.TryParse(address, out _), address);
        Assert.NotEqual(await cluster.Kubectl("get", "pod", "one", "-o", "jsonpath={.status.hostIP}"), address);
        await Eventually.HoldsAsync(
            async () => (await cluster.KubectlAsync("logs", "one")).Output.Contains("pid ", StringComparison.Ordinal), "the pod has printed who it is");
        Assert.Equal($"one\n{address}\npid 1", await cluster.Kubectl("logs", "one"));

        // Another pod reaches the first one by its address, and sees none of its processes.
        await cluster.Kubectl("run", "two", $"--image={cluster.Image}", "--restart=Never", "--command", "--", "/bin/sh", "-c", $"ping -c 1 -W 5 {address} >/dev/null && echo reached; ls /proc | grep -c '^[0-9]'");
        await cluster.AwaitAsync("pod/two", ".status.phase", "Succeeded");
        var lines = (await cluster.Kubectl("logs", "two")).Split('\n');
        Assert.Equal("reached", lines[0]);
        Assert.InRange(int.Parse(lines[1]), 1, 4);

        // containerd's own streaming server runs commands.
        var command = await cluster.KubectlAsync("exec", "one", "--", "sh", "-c", "hostname; exit 7");
        Assert.True(command.Error == "command terminated with exit code 7\n", command.Error);
        Assert.Equal((7, "one\n"), (command.ExitCode, command.Output));
        Assert.Equal("to and fro", (await cluster.KubectlWithInputAsync("to and fro", "exec", "-i", "one", "--", "cat")).Succeeded());

        await cluster.Kubectl("delete", "pod", "one", "two", "--grace-period=1");
        Assert.Empty(await cluster.Kubectl("get", "pods", "-o", "name"));
    }

    [Fact]
    public async Task An_image_that_is_not_there_shows_as_such()
    {
        await cluster.Kubectl("run", "missing", $"--image={cluster.MissingImage}", "--restart=Never");
        await Eventually.HoldsAsync(
            async () => (await cluster.Kubectl("get", "pod", "missing", "-o", "jsonpath={.status.containerStatuses[0].state.waiting.reason}"))
                is "ErrImagePull" or "ImagePullBackOff",
            "the pod waits for its image",
            TimeSpan.FromSeconds(60));
        await cluster.Kubectl("delete", "pod", "missing", "--grace-period=0", "--force");
    }
}
