using System.Xml.Linq;

namespace Kube.Architecture.Tests;

/// <summary>
/// Project references point one way. The table is the design: a reference that it does not list fails here, before
/// a reviewer has to see it.
/// </summary>
public class ProjectArrowTests
{
    private static readonly Dictionary<string, string[]> Allowed = new()
    {
        ["Kube.Base"] = [],
        ["Kube.Rpc"] = ["Kube.Base"],
        ["Kube.Proto"] = ["Kube.Rpc"],
        ["Kube.Rpc.Services"] = ["Kube.Base", "Kube.Rpc", "Kube.Proto"],
        ["Kube.Cel"] = ["Kube.Base"],
        ["Kube.Api"] = ["Kube.Base", "Kube.Cel"],
        ["Kube.Client"] = ["Kube.Base", "Kube.Api"],
        ["Kube.Hosting"] = ["Kube.Base"],
        ["Kube.Streams"] = ["Kube.Base"],
        ["Kube.RaftStore.Raft"] = ["Kube.Base"],
        ["Kube.RaftStore.Mvcc"] = ["Kube.Base"],
        ["Kube.RaftStore.Lease"] = ["Kube.Base"],
        ["Kube.RaftStore.Apply"] = ["Kube.Base", "Kube.Proto", "Kube.RaftStore.Mvcc", "Kube.RaftStore.Lease"],
        ["Kube.RaftStore.Storage"] = ["Kube.Base", "Kube.RaftStore.Raft", "Kube.RaftStore.Mvcc"],
        ["Kube.RaftStore.Transport"] = ["Kube.Base", "Kube.Rpc", "Kube.Proto", "Kube.RaftStore.Raft"],
        ["Kube.RaftStore.Server"] =
        [
            "Kube.Base", "Kube.Rpc", "Kube.Proto", "Kube.RaftStore.Raft", "Kube.RaftStore.Mvcc", "Kube.RaftStore.Lease",
            "Kube.RaftStore.Apply", "Kube.RaftStore.Storage", "Kube.RaftStore.Transport",
        ],
        ["Kube.RaftStore.Host"] = ["Kube.Hosting", "Kube.Rpc.Services", "Kube.RaftStore.Server"],
        ["Kube.ApiServer"] = ["Kube.Base", "Kube.Api", "Kube.Streams", "Kube.Rpc", "Kube.Rpc.Services", "Kube.Proto"],
        ["Kube.ApiServer.Host"] = ["Kube.Hosting", "Kube.ApiServer"],
        ["Kube.Scheduler"] = ["Kube.Base", "Kube.Api", "Kube.Client"],
        ["Kube.Scheduler.Host"] = ["Kube.Hosting", "Kube.Scheduler"],
        ["Kube.Controllers"] = ["Kube.Base", "Kube.Api", "Kube.Client"],
        ["Kube.Controllers.Host"] = ["Kube.Hosting", "Kube.Controllers"],
        ["Kube.Kubelet"] = ["Kube.Base", "Kube.Api", "Kube.Client", "Kube.Streams", "Kube.Rpc", "Kube.Proto"],
        ["Kube.Kubelet.Host"] = ["Kube.Hosting", "Kube.Kubelet"],
        ["Kube"] =
        [
            "Kube.Hosting", "Kube.Client", "Kube.Proto", "Kube.Rpc", "Kube.RaftStore.Host", "Kube.ApiServer.Host",
            "Kube.Scheduler.Host", "Kube.Controllers.Host", "Kube.Kubelet.Host",
        ],
        ["Kube.EngineBench"] = ["Kube.Proto", "Kube.RaftStore.Server"],
        ["Kube.SchedulerBench"] = ["Kube.Base", "Kube.Api", "Kube.Client", "Kube.Scheduler"],
        ["Kube.Load"] = ["Kube.Base", "Kube.Rpc", "Kube.Proto", "Kube.Client"],
    };

    public static TheoryData<string> Projects()
    {
        var data = new TheoryData<string>();
        foreach (var path in Repository.Files("*.csproj").Where(path => !Repository.Relative(path).StartsWith("tests/", StringComparison.Ordinal)))
        {
            data.Add(Repository.Relative(path));
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(Projects))]
    public void A_project_refers_only_to_what_the_design_allows(string project)
    {
        var name = Path.GetFileNameWithoutExtension(project);
        Assert.True(Allowed.ContainsKey(name), $"{project} is not in the table of {nameof(ProjectArrowTests)}: say there what it may refer to");

        var references = References(project);

        Assert.Empty(references.Except(Allowed[name]));
    }

    [Fact]
    public void The_table_names_no_project_that_is_gone()
    {
        var existing = Repository.Files("*.csproj").Select(path => Path.GetFileNameWithoutExtension(path));
        Assert.Empty(Allowed.Keys.Except(existing!));
    }

    [Fact]
    public void Every_project_is_in_the_solution()
    {
        var solution = File.ReadAllText(Path.Combine(Repository.Root, "Kube.sln")).Replace('\\', '/');
        Assert.Empty(Repository.Files("*.csproj").Select(Repository.Relative).Where(path => !solution.Contains(path)));
    }

    /// <summary>The one rule at build: of all components, only the API server can name the store's client contract or its code.</summary>
    [Fact]
    public void Only_the_API_server_can_reach_the_store()
    {
        string[] outsiders = ["Kube.Scheduler", "Kube.Scheduler.Host", "Kube.Controllers", "Kube.Controllers.Host", "Kube.Kubelet.Host", "Kube.Client"];
        foreach (var project in Repository.Files("*.csproj").Select(Repository.Relative))
        {
            if (outsiders.Contains(Path.GetFileNameWithoutExtension(project)))
            {
                var reached = Closure(project);
                Assert.DoesNotContain(reached, name => name.StartsWith("Kube.RaftStore", StringComparison.Ordinal));
            }
        }

        // The kubelet needs Kube.Proto for CRI; so its sources are looked at, and the others' with them.
        string[] components = ["scheduler", "controllers", "kubelet", "libs/client"];
        Assert.Empty(components.SelectMany(folder => Repository.Files("*.cs", folder))
            .Where(path => File.ReadAllText(path).Contains("Etcd.V3", StringComparison.Ordinal))
            .Select(Repository.Relative));
    }

    private static HashSet<string> Closure(string project)
    {
        var seen = new HashSet<string>();
        var paths = Repository.Files("*.csproj").ToDictionary(path => Path.GetFileNameWithoutExtension(path)!, Repository.Relative);
        var open = new Stack<string>([project]);
        while (open.TryPop(out var next))
        {
            foreach (var reference in References(next).Where(seen.Add))
            {
                open.Push(paths[reference]);
            }
        }

        return seen;
    }

    private static IEnumerable<string> References(string project) =>
        XDocument.Load(Path.Combine(Repository.Root, project)).Descendants("ProjectReference")
            .Select(reference => Path.GetFileNameWithoutExtension(reference.Attribute("Include")!.Value.Replace('\\', '/')));
}
