using System.Reflection;
using System.Runtime.CompilerServices;

namespace Kube.Conformance.Tests.Behaviours;

/// <summary>
/// docs/conformance.md says of each behaviour which test shows it. The tests say it with attributes, and the page must
/// agree; KUBE_REWRITE=1 writes the tests' names into it.
/// </summary>
public sealed class ConformanceDocumentTests
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
        foreach (var method in typeof(ConformanceDocumentTests).Assembly.GetTypes().SelectMany(t => t.GetMethods()))
        {
            foreach (var behaviour in method.GetCustomAttributes<BehaviourAttribute>())
            {
                Add(behaviour.Group, behaviour.Name, $"{method.DeclaringType!.Name}.{method.Name}");
            }
        }

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
                    Add(group, name, $"{nameof(ResourceTests)}.{test}({resource.Id})");
                }
            }
        }

        return shown;

        void Add(string group, string name, string test)
        {
            if (!shown.TryGetValue((group, name), out var tests))
            {
                shown[(group, name)] = tests = new SortedSet<string>(StringComparer.Ordinal);
            }

            tests.Add(test);
        }
    }

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
