using System.Text.RegularExpressions;

namespace Kube.Architecture.Tests;

/// <summary>
/// Inside a component that is one project, folders have arrows too. A file names another folder by its namespace.
/// </summary>
public partial class FolderArrowTests
{
    /// <summary>Component root namespace, folder, and the folders of the same component that it may name.</summary>
    private static readonly (string Component, string Root, Dictionary<string, string[]> Allowed)[] Components =
    [
        ("apiserver", "Kube.ApiServer", new()
        {
            ["Storage"] = [],
            ["Auth"] = [],
            ["Requests"] = [],
            ["FlowControl"] = ["Auth", "Requests"],
            ["Admission"] = ["Auth"],
            ["Audit"] = ["Auth", "Requests"],
            ["Registry"] = ["Storage", "Auth", "Admission", "Requests"],
            ["Security"] = ["Storage", "Auth", "Admission", "FlowControl", "Registry"],
            ["Endpoints"] = ["Storage", "Auth", "Admission", "Audit", "FlowControl", "Registry", "Requests"],
            ["Rpc"] = ["Requests"],
        }),
        ("scheduler", "Kube.Scheduler", new()
        {
            ["Framework"] = [],
            ["Plugins"] = ["Framework"],
            ["Cache"] = ["Framework"],
            ["Queue"] = ["Framework"],
            ["Cycle"] = ["Framework", "Plugins", "Cache", "Queue"],
        }),
    ];

    [Fact]
    public void Folders_name_only_what_the_design_allows()
    {
        var wrong = new List<string>();
        foreach (var (component, root, allowed) in Components)
        {
            foreach (var (folder, targets) in allowed)
            {
                if (!Directory.Exists(Path.Combine(Repository.Root, component, folder)))
                {
                    continue;
                }

                var forbidden = allowed.Keys.Append("Host").Except(targets).Except([folder]).ToHashSet();
                foreach (var file in Repository.Files("*.cs", $"{component}/{folder}"))
                {
                    wrong.AddRange(Named(file, root).Where(forbidden.Contains)
                        .Select(target => $"{Repository.Relative(file)} names {root}.{target}"));
                }
            }
        }

        Assert.Empty(wrong.Distinct());
    }

    [Fact]
    public void Namespaces_equal_paths()
    {
        var wrong = new List<string>();
        foreach (var project in Repository.Files("*.csproj").Where(path => !Repository.Relative(path).StartsWith("tests/", StringComparison.Ordinal)))
        {
            var directory = Path.GetDirectoryName(project)!;
            var root = RootNamespace().Match(File.ReadAllText(project)).Groups[1].Value;
            foreach (var file in Repository.Files("*.cs", Repository.Relative(directory)).Where(file => Owner(file) == project))
            {
                var folder = Path.GetRelativePath(directory, Path.GetDirectoryName(file)!);
                var expected = folder == "." ? root : $"{root}.{folder.Replace('/', '.')}";
                var declared = Namespace().Match(File.ReadAllText(file));
                if (declared.Success && declared.Groups[1].Value != expected && !IsLentNamespace(declared.Groups[1].Value))
                {
                    wrong.Add($"{Repository.Relative(file)}: {declared.Groups[1].Value} instead of {expected}");
                }
            }
        }

        Assert.Empty(wrong);
    }

    /// <summary>Kube.Rpc offers gRPC's own API under gRPC's own namespaces; that is what makes generated code compile.</summary>
    private static bool IsLentNamespace(string name) =>
        name.StartsWith("Grpc.", StringComparison.Ordinal) || name.StartsWith("Microsoft.", StringComparison.Ordinal);

    private static string? Owner(string file)
    {
        for (var directory = Path.GetDirectoryName(file); directory is not null; directory = Path.GetDirectoryName(directory))
        {
            if (Directory.EnumerateFiles(directory, "*.csproj").FirstOrDefault() is { } project)
            {
                return project;
            }
        }

        return null;
    }

    private static IEnumerable<string> Named(string file, string root) =>
        Regex.Matches(File.ReadAllText(file), $@"\b{Regex.Escape(root)}\.([A-Za-z]+)").Select(match => match.Groups[1].Value);

    [GeneratedRegex(@"^namespace ([\w.]+)\s*;", RegexOptions.Multiline)]
    private static partial Regex Namespace();

    [GeneratedRegex(@"<RootNamespace>([\w.]+)</RootNamespace>")]
    private static partial Regex RootNamespace();
}
