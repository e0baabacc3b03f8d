using System.Runtime.CompilerServices;
using System.Text;

namespace Kube.RaftStore.Scenarios;

/// <summary>
/// Runs the stories: text files in which a command is followed by <c>----</c> and what it is expected to print. With
/// KUBE_REWRITE=1 in the environment the expected output in the source folder is rewritten instead.
/// </summary>
public class StoryTests
{
    public static TheoryData<string> Stories
    {
        get
        {
            var data = new TheoryData<string>();
            foreach (var file in Directory.GetFiles(Path.Combine(AppContext.BaseDirectory, "stories"), "*.txt").Order())
            {
                data.Add(Path.GetFileName(file));
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Stories))]
    public void Story_goes_as_told(string name)
    {
        var path = Path.Combine(AppContext.BaseDirectory, "stories", name);
        var told = File.ReadAllText(path);
        var happened = Play(told);
        if (Environment.GetEnvironmentVariable("KUBE_REWRITE") == "1")
        {
            File.WriteAllText(Path.Combine(SourceFolder(), "stories", name), happened);
            return;
        }

        Assert.Equal(told, happened, ignoreLineEndingDifferences: true);
    }

    [Fact]
    public void Story_that_tells_something_else_fails()
    {
        const string story = "cluster 1\n----\nok\n\ncampaign 1\n----\n1 becomes a follower for ever\n";
        Assert.NotEqual(story, Play(story));
    }

    private static string Play(string told)
    {
        var stage = new Stage();
        var output = new StringBuilder();
        var lines = told.ReplaceLineEndings("\n").TrimEnd('\n').Split('\n');
        for (var i = 0; i < lines.Length; i++)
        {
            output.Append(lines[i]).Append('\n');
            if (lines[i].Length == 0 || lines[i][0] == '#')
            {
                continue;
            }

            // The old output ends at the next empty line.
            var next = i + 1;
            while (next < lines.Length && lines[next].Length > 0)
            {
                next++;
            }

            output.Append("----\n").Append(stage.Do(lines[i])).Append('\n');
            i = next - 1;
        }

        return output.ToString();
    }

    private static string SourceFolder([CallerFilePath] string path = "") => Path.GetDirectoryName(path)!;
}
