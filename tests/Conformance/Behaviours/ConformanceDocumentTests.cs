using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using YamlDotNet.RepresentationModel;

namespace Kube.Conformance.Tests.Behaviours;

/// <summary>
/// docs/conformance.md says of each behaviour which test shows it. The tests say it with attributes, pods of the end-to-end tests
/// with annotations, and the page must agree; KUBE_REWRITE=1 writes the tests' names into it.
/// </summary>
public sealed partial class ConformanceDocumentTests
{
    private const string NotYet = "not yet: ";

    [Fact]
    public void The_page_names_the_tests_that_there_are()
    {
        var path = Path.Combine(Root(), "docs", "conformance.md");
        var lines = File.ReadAllLines(path);
        var shown = Shown();
        var rows = new HashSet<(string, string)>();
        var faults = new List<string>();
        for (var i = 0; i < lines.Length; i++)
        {
            if (!lines[i].StartsWith("| ", StringComparison.Ordinal) || lines[i].Split('|') is not { Length: 6 } cells || cells[1].Trim() is "Group")
            {
                continue;
            }

            var row = (cells[1].Trim(), cells[2].Trim());
            if (!rows.Add(row))
            {
                faults.Add($"{row} is there twice");
            }

            var tests = shown.TryGetValue(row, out var names) ? string.Join(", ", names) : null;
            var said = cells[4].Trim();
            if (tests is null ? !said.StartsWith(NotYet, StringComparison.Ordinal) : said != tests)
            {
                faults.Add($"{row}: the page says '{said}', the tests say '{tests ?? "nothing"}'");
                lines[i] = $"|{cells[1]}|{cells[2]}|{cells[3]}| {tests ?? NotYet + "why?"} |";
            }
        }

        faults.AddRange(shown.Keys.Except(rows).Select(row => $"{row} has a test and no line"));
        if (Environment.GetEnvironmentVariable("KUBE_REWRITE") == "1")
        {
            File.WriteAllLines(path, lines);
        }

        Assert.True(faults.Count == 0, string.Join('\n', faults));
    }

    /// <summary>Tests by the line that they show.</summary>
    private static Dictionary<(string Group, string Name), SortedSet<string>> Shown()
    {
        var shown = new Dictionary<(string, string), SortedSet<string>>();
        foreach (var (group, name, test) in ByAttribute().Concat(ByPod()).Concat(ByResource()))
        {
            if (!shown.TryGetValue((group, name), out var tests))
            {
                shown[(group, name)] = tests = new SortedSet<string>(StringComparer.Ordinal);
            }

            tests.Add(test);
        }

        return shown;
    }

    /// <summary>What tests of any project say with an attribute. It is read in the sources: no assembly refers to all of them.</summary>
    private static IEnumerable<(string Group, string Name, string Test)> ByAttribute()
    {
        foreach (var file in Directory.EnumerateFiles(Path.Combine(Root(), "tests"), "*.cs", SearchOption.AllDirectories))
        {
            var type = "";
            var said = new List<(string Group, string Name)>();
            foreach (var line in File.ReadLines(file))
            {
                if (Attribute().Match(line) is { Success: true } attribute)
                {
                    said.Add((attribute.Groups[1].Value, attribute.Groups[2].Value));
                }
                else if (Class().Match(line) is { Success: true } @class)
                {
                    type = @class.Groups[1].Value;
                }
                else if (said.Count > 0 && Method().Match(line) is { Success: true } method)
                {
                    foreach (var (group, name) in said)
                    {
                        yield return (group, name, $"{type}.{method.Groups[1].Value}");
                    }

                    said.Clear();
                }
            }
        }
    }

    /// <summary>What the pods of the end-to-end tests say with an annotation.</summary>
    private static IEnumerable<(string Group, string Name, string Test)> ByPod()
    {
        foreach (var file in Directory.EnumerateFiles(Path.Combine(Root(), "tests", "EndToEnd", "Behaviours"), "*.yaml"))
        {
            var yaml = new YamlStream();
            yaml.Load(new StringReader(File.ReadAllText(file)));
            foreach (var metadata in yaml.Documents.Select(static d => (YamlMappingNode)d.RootNode["metadata"]))
            {
                if (metadata.Children.TryGetValue("annotations", out var annotations)
                    && ((YamlMappingNode)annotations).Children.TryGetValue("shows", out var shows))
                {
                    foreach (var line in shows.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries))
                    {
                        var row = line.Split(": ", 2);
                        yield return (row[0], row[1], $"PodBehaviourTests.Pod({metadata["name"]})");
                    }
                }
            }
        }
    }

    private static IEnumerable<(string Group, string Name, string Test)> ByResource()
    {
        foreach (var resource in ResourceCases.All)
        {
            foreach (var (rows, test) in new[]
            {
                (resource.Verbs, nameof(ResourceTests.Every_verb)),
                (resource.StatusApart, nameof(ResourceTests.Status_apart)),
                (resource.Collection, nameof(ResourceTests.Collection_by_label)),
            })
            {
                foreach (var (group, name) in rows)
                {
                    yield return (group, name, $"{nameof(ResourceTests)}.{test}({resource.Id})");
                }
            }
        }
    }

    [GeneratedRegex("""^\s*\[Behaviour\("([^"]+)", "([^"]+)"\)\]$""")]
    private static partial Regex Attribute();

    [GeneratedRegex(@"^\s*(?:public|internal) (?:\w+ )*class (\w+)")]
    private static partial Regex Class();

    [GeneratedRegex(@"^\s*public (?:\S+ )+?(\w+)\(")]
    private static partial Regex Method();

    private static string Root([CallerFilePath] string here = "")
    {
        var directory = Path.GetDirectoryName(here);
        while (directory is not null && !File.Exists(Path.Combine(directory, "Kube.sln")))
        {
            directory = Path.GetDirectoryName(directory);
        }

        return directory ?? throw new InvalidOperationException("Kube.sln not found above " + here);
    }
}
