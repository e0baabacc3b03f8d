using Kube.Testing;
using Xunit.Abstractions;
using YamlDotNet.RepresentationModel;

namespace Kube.EndToEnd.Tests;

/// <summary>
/// What Kubernetes' conformance suite asks of a node, on a real containerd. Each pod of Behaviours/*.yaml says by its
/// annotations what must become of it, and under "shows" which behaviours that shows:
/// phase (Succeeded unless given) and reason of the pod, logs or logs.CONTAINER (all that is printed), status (a line
/// for each container: name, reason and message of its end), restarts or restarts.CONTAINER (a number or "some"), waits (the reason for which
/// its first container does not start), then (kubectl's arguments, a command a line, once it runs or waits).
/// </summary>
[Collection(ContainerdCollection.Name)]
public sealed class PodBehaviourTests(ContainerdCluster cluster, PodBehaviours behaviours) : IClassFixture<PodBehaviours>
{
    /// <summary>All pods start at once: on a busy machine a container may take ten seconds to start.</summary>
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(180);

    public static TheoryData<string> Pods => [.. PodBehaviours.Read("IMAGE").Where(static pod => pod.IsPod).Select(static pod => pod.Name)];

    [Theory]
    [MemberData(nameof(Pods))]
    public async Task Pod(string name)
    {
        await behaviours.StartAsync(cluster);
        try
        {
            await ShowsAsync(name);
        }
        catch (Exception e)
        {
            // Why a pod went another way is told by the pod, and soon gone with its cluster.
            throw new InvalidOperationException($"{e.Message}\n{(await KubectlAsync(["describe", "pod", name])).Succeeded()}", e);
        }
    }

    private async Task ShowsAsync(string name)
    {
        var expected = behaviours[name].Annotations;
        if (expected.TryGetValue("waits", out var reason))
        {
            await AwaitAsync(name, ".status.containerStatuses[0].state.waiting.reason", reason);
        }

        if (expected.TryGetValue("then", out var commands))
        {
            await (reason is null ? AwaitAsync(name, ".status.phase", "Running") : Task.CompletedTask);
            foreach (var command in commands.Split('\n', StringSplitOptions.RemoveEmptyEntries))
            {
                (await KubectlAsync(command.Split(' '))).Succeeded();
            }
        }
        else if (reason is not null)
        {
            return;
        }

        await AwaitAsync(name, ".status.phase", expected.GetValueOrDefault("phase", "Succeeded"));
        foreach (var (key, value) in expected)
        {
            var (what, container) = key.Split('.') is [var first, var second] ? (first, second) : (key, null);
            switch (what)
            {
                case "logs":
                    string[] logs = ["logs", name, .. container is null ? [] : (string[])["-c", container]];
                    var printed = "";
                    await Eventually.HoldsAsync(async () => (printed = (await KubectlAsync(logs)).Succeeded()).Length >= value.Length, $"{name} has printed all", Limit);
                    Assert.Equal(value, printed);
                    break;
                case "reason":
                    Assert.Equal(value, await StatusAsync(name, "{.status.reason}"));
                    break;
                case "restarts":
                    var containers = container is null ? "*" : $"?(@.name==\"{container}\")";
                    Assert.All((await StatusAsync(name, $"{{.status.containerStatuses[{containers}].restartCount}}")).Split(' '), count => Assert.True(value == "some" ? count != "0" : count == value, $"{count} restarts"));
                    break;
                case "status":
                    Assert.Equal(value, await StatusAsync(
                        name, "{range .status.containerStatuses[*]}{.name}{range .state.terminated} {.reason} {.message}{end}{\"\\n\"}{end}"));
                    break;
                default:
                    Assert.Contains(key, (string[])["shows", "phase", "waits", "then", "folder", "note"]);
                    break;
            }
        }
    }

    private Task AwaitAsync(string name, string path, string expected) =>
        cluster.AwaitAsync("pod/" + name, path, expected, Limit, "behaviours");

    private async Task<string> StatusAsync(string name, string path) => (await KubectlAsync(["get", "pod", name, "-o", $"jsonpath={path}"])).Succeeded();

    private Task<CommandResult> KubectlAsync(string[] arguments) => cluster.KubectlAsync(["-n", "behaviours", .. arguments]);
}

/// <summary>The pods of Behaviours/*.yaml, created once for all tests.</summary>
public sealed class PodBehaviours
{
    private Task? _started;
    private Dictionary<string, Described> _pods = [];

    /// <summary>An object of the files.</summary>
    public sealed record Described(string Name, bool IsPod, IReadOnlyDictionary<string, string> Annotations);

    /// <summary>A pod by name.</summary>
    public Described this[string name] => _pods[name];

    /// <summary>Creates namespace and objects, then the pods; the second and later calls do nothing.</summary>
    public Task StartAsync(ContainerdCluster cluster) => _started ??= CreateAsync(cluster);

    /// <summary>All objects of all files, with this image.</summary>
    public static IEnumerable<Described> Read(string image) => Files().SelectMany(file =>
    {
        var yaml = new YamlStream();
        yaml.Load(new StringReader(File.ReadAllText(file).Replace("IMAGE", image, StringComparison.Ordinal)));
        return yaml.Documents.Select(static document =>
        {
            var root = (YamlMappingNode)document.RootNode;
            var metadata = (YamlMappingNode)root["metadata"];
            var annotations = metadata.Children.TryGetValue("annotations", out var node) ? (YamlMappingNode)node : new YamlMappingNode();
            return new Described(
                metadata["name"].ToString(),
                root["kind"].ToString() == "Pod",
                annotations.Children.ToDictionary(static pair => pair.Key.ToString(), static pair => pair.Value.ToString()));
        });
    });

    private async Task CreateAsync(ContainerdCluster cluster)
    {
        _pods = Read(cluster.Image).Where(static pod => pod.IsPod).ToDictionary(static pod => pod.Name);
        await cluster.Kubectl("create", "namespace", "behaviours");
        foreach (var file in Files())
        {
            var manifest = (await File.ReadAllTextAsync(file)).Replace("IMAGE", cluster.Image, StringComparison.Ordinal);
            (await cluster.KubectlWithInputAsync(manifest, "-n", "behaviours", "create", "-f", "-")).Succeeded();
        }
    }

    private static IEnumerable<string> Files() =>
        Directory.EnumerateFiles(Path.Combine(AppContext.BaseDirectory, "Behaviours"), "*.yaml").Order(StringComparer.Ordinal);
}
