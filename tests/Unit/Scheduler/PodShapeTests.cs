using System.Reflection;
using Kube.Api.Core.V1;
using Kube.Api.Meta.V1;
using Kube.Scheduler.Framework;

namespace Kube.Scheduler.Tests;

/// <summary>Pods that a plugin could tell apart have different shapes; others share one.</summary>
public class PodShapeTests
{
    public static TheoryData<string, string> Properties()
    {
        var data = new TheoryData<string, string>();
        foreach (var type in (Type[])[typeof(TopologySpreadConstraint), typeof(PodAffinityTerm), typeof(NodeSelectorRequirement), typeof(Toleration), typeof(LabelSelector)])
        {
            foreach (var property in type.GetProperties().Where(property => property.Name != nameof(Toleration.TolerationSeconds)))
            {
                data.Add(type.Name, property.Name);
            }
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(Properties))]
    public void Every_field_that_is_read_makes_a_difference(string type, string property)
    {
        PodInfo With(bool set) => new(type switch
        {
            nameof(TopologySpreadConstraint) => Pod(spec => spec.TopologySpreadConstraints = [Made<TopologySpreadConstraint>(property, set)]),
            nameof(PodAffinityTerm) => Pod(spec => spec.Affinity = new Affinity
            {
                PodAffinity = new PodAffinity { RequiredDuringSchedulingIgnoredDuringExecution = [Made<PodAffinityTerm>(property, set)] },
            }),
            nameof(NodeSelectorRequirement) => Pod(spec => spec.Affinity = new Affinity
            {
                NodeAffinity = new NodeAffinity
                {
                    RequiredDuringSchedulingIgnoredDuringExecution = new NodeSelector
                    {
                        NodeSelectorTerms = [new NodeSelectorTerm { MatchExpressions = [Made<NodeSelectorRequirement>(property, set)] }],
                    },
                },
            }),
            nameof(Toleration) => Pod(spec => spec.Tolerations = [Made<Toleration>(property, set)]),
            _ => Pod(spec => spec.TopologySpreadConstraints = [new TopologySpreadConstraint { LabelSelector = Made<LabelSelector>(property, set) }]),
        });
        Assert.NotEqual(With(set: true).Shape, With(set: false).Shape);
        Assert.Same(With(set: true).Shape, With(set: true).Shape);
    }

    [Fact]
    public void Order_in_maps_makes_no_difference_and_what_nobody_reads_neither()
    {
        var left = Pod(spec => spec.NodeSelector = new() { ["a"] = "1", ["b"] = "2" });
        var right = Pod(spec =>
        {
            spec.NodeSelector = new() { ["b"] = "2", ["a"] = "1" };
            spec.Containers![0].Command = ["sleep"];
        });
        right.Metadata.Name = "other";
        Assert.Same(new PodInfo(left).Shape, new PodInfo(right).Shape);
    }

    [Theory]
    [InlineData("500m", "0.5", true)]
    [InlineData("500m", "501m", false)]
    public void Amounts_are_compared_by_what_they_are(string left, string right, bool same) =>
        Assert.Equal(same, new PodInfo(Build.Pod("p", left)).Shape.Equals(new PodInfo(Build.Pod("p", right)).Shape));

    private static Pod Pod(Action<PodSpec> with) => Build.Pod("p", "1", with: with);

    private static T Made<T>(string property, bool set)
        where T : new()
    {
        var value = new T();
        if (set)
        {
            var target = typeof(T).GetProperty(property)!;
            target.SetValue(value, Sample(target));
        }

        return value;
    }

    private static object Sample(PropertyInfo property)
    {
        var type = Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType;
        return type == typeof(string) ? (property.Name == nameof(NodeSelectorRequirement.Operator) ? "In" : "x")
            : type == typeof(int) ? 3
            : type == typeof(long) ? 3L
            : type == typeof(List<string>) ? new List<string> { "x" }
            : type == typeof(Dictionary<string, string>) ? new Dictionary<string, string> { ["x"] = "y" }
            : type == typeof(LabelSelector) ? new LabelSelector { MatchLabels = new() { ["x"] = "y" } }
            : type == typeof(List<LabelSelectorRequirement>) ? new List<LabelSelectorRequirement> { new() { Key = "x", Operator = "Exists" } }
            : throw new NotSupportedException($"{property.Name} is of a type that is new: {type}");
    }
}
