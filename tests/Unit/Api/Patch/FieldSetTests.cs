using System.Text.Json.Nodes;
using FsCheck;
using FsCheck.Fluent;
using Kube.Api.Patch;

namespace Kube.Api.Tests.Patch;

/// <summary>Field sets against sets of paths as texts, the plain reading of what they are.</summary>
public sealed class FieldSetTests
{
    private static readonly string[] Elements = ["f:a", "f:b", "f:B", "k:{\"n\":1}", "v:\"x\""];

    /// <summary>Some sets of paths of up to three elements.</summary>
    private static readonly Arbitrary<string[]> Paths = Gen.Choose(1, 3).SelectMany(depth => Gen.ArrayOf(Gen.Elements(Elements), depth))
        .Select(path => string.Join('/', path)).ArrayOf().Select(paths => paths.Distinct().ToArray()).ToArbitrary();

    [Fact]
    public void SetsAreWhatTheirPathsAre() => Check.One(Config.QuickThrowOnFailure.WithMaxTest(500), Prop.ForAll(Paths, Paths, (a, b) =>
    {
        var (left, right) = (Of(a), Of(b));
        Assert.Equal(a.Order(StringComparer.Ordinal), PathsOf(left));
        Assert.Equal(a.Union(b).Order(StringComparer.Ordinal), PathsOf(left.Union(right)));
        Assert.Equal(a.Except(b).Order(StringComparer.Ordinal), PathsOf(left.Difference(right)));
        Assert.Equal(a.Intersect(b).Order(StringComparer.Ordinal), PathsOf(left.Intersection(right)));
        Assert.Equal(a.ToHashSet().SetEquals(b), left.SameAs(right));
        Assert.Equal(a.Length == 0, left.IsEmpty);
        Assert.True(left.Union(right).SameAs(right.Union(left)));
    }));

    [Fact]
    public void ElementsAreTakenOutAndReplaced() => Check.One(Config.QuickThrowOnFailure.WithMaxTest(500), Prop.ForAll(Paths, Paths, (a, b) =>
    {
        var (left, right) = (Of(a), Of(b));
        var rest = a.Where(static path => path is not "f:a" && !path.StartsWith("f:a/", StringComparison.Ordinal)).ToList();
        Assert.Equal(rest.Order(StringComparer.Ordinal), PathsOf(left.Without("f:a")));
        Assert.Equal(rest.Concat(b.Select(static path => "f:a/" + path)).Order(StringComparer.Ordinal), PathsOf(left.With("f:a", right)));
    }));

    private static FieldSet Of(IEnumerable<string> paths)
    {
        var root = new JsonObject();
        foreach (var path in paths)
        {
            var node = root;
            foreach (var element in path.Split('/'))
            {
                if (node[element] is not JsonObject below)
                {
                    node[element] = below = [];
                }

                node = below;
            }

            node["."] = new JsonObject();
        }

        return FieldSet.FromFieldsV1(root);
    }

    private static List<string> PathsOf(FieldSet set) => [.. PathsOf(set.ToFieldsV1(), "").Order(StringComparer.Ordinal)];

    private static IEnumerable<string> PathsOf(JsonObject fields, string above)
    {
        if (above.Length > 0 && (fields.Count == 0 || fields.ContainsKey(".")))
        {
            yield return above;
        }

        foreach (var (element, below) in fields.Where(static pair => pair.Key != "."))
        {
            foreach (var path in PathsOf((JsonObject)below!, above.Length == 0 ? element : above + "/" + element))
            {
                yield return path;
            }
        }
    }
}
