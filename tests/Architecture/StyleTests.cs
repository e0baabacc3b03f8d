using System.Text.RegularExpressions;

namespace Kube.Architecture.Tests;

/// <summary>House rules that a machine can check.</summary>
public partial class StyleTests
{
    private const int MaxLines = 700;

    private static IEnumerable<string> Sources => Repository.Files("*.cs");

    [Fact]
    public void Files_are_short_enough_to_read() =>
        Assert.Empty(Sources.Select(path => (Path: Repository.Relative(path), Lines: File.ReadLines(path).Count()))
            .Where(file => file.Lines > MaxLines)
            .Select(file => $"{file.Path}: {file.Lines} lines; look for the second thing it does"));

    [Fact]
    public void No_folder_or_type_is_called_utils_or_helpers() =>
        Assert.Empty(Sources.Select(Repository.Relative).Where(path => Vague().IsMatch(path)));

    /// <summary>A test that sleeps is either slow or flaky; it awaits a condition with a bound, or drives time.</summary>
    [Fact]
    public void Tests_do_not_sleep() =>
        Assert.Empty(Repository.Files("*.cs", "tests").Where(path => !path.EndsWith("StyleTests.cs", StringComparison.Ordinal))
            .Where(path => Sleep().IsMatch(File.ReadAllText(path))).Select(Repository.Relative));

    [Fact]
    public void No_error_is_caught_and_ignored() =>
        Assert.Empty(Sources.Where(path => EmptyCatch().IsMatch(File.ReadAllText(path))).Select(Repository.Relative));

    [Fact]
    public void No_to_do_is_left_in_the_code() =>
        Assert.Empty(Sources.Where(path => !path.EndsWith("StyleTests.cs", StringComparison.Ordinal))
            .Where(path => ToDo().IsMatch(File.ReadAllText(path))).Select(Repository.Relative));

    [GeneratedRegex(@"(?i)(^|/)(utils?|helpers?|misc|common)(/|\.cs$)|(Utils?|Helpers?)\.cs$")]
    private static partial Regex Vague();

    [GeneratedRegex(@"Thread\.Sleep\(")]
    private static partial Regex Sleep();

    [GeneratedRegex(@"catch(\s*\([^)]*\))?\s*(when\s*\([^{]*\))?\s*\{\s*\}")]
    private static partial Regex EmptyCatch();

    [GeneratedRegex(@"//.*\b(TODO|FIXME|HACK|XXX)\b")]
    private static partial Regex ToDo();
}
