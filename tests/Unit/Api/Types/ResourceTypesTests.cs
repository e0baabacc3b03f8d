using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using Kube.Api.Json;
using Kube.Api.Meta.V1;
using Kube.Api.Schema;
using Kube.Api.Values;

namespace Kube.Api.Tests.Types;

public class ResourceTypesTests
{
    public static TheoryData<string> KindNames => new(KindCatalogue.Kinds.Select(type => type.FullName!));

    [Fact]
    public void EveryBuiltInGroupIsThere() => Assert.True(KindCatalogue.Kinds.Count >= 55, $"only {KindCatalogue.Kinds.Count} kinds");

    [Fact]
    public void FieldNumbersAreUniqueWithinTheirMessage()
    {
        var clashes =
            from type in KindCatalogue.Resources
            from clash in KindCatalogue.Fields(type).Where(pair => pair.Field.Number != 0)
                .GroupBy(pair => (pair.Field.Within, pair.Field.Inner, pair.Field.Number)).Where(same => same.Count() > 1)
            select $"{type.Name} {clash.Key}";
        Assert.Empty(clashes);
    }

    [Fact]
    public void NestedMessagesDoNotTakeTheNumberOfAField()
    {
        var clashes =
            from type in KindCatalogue.Resources
            let fields = KindCatalogue.Fields(type)
            from nested in fields.Select(pair => pair.Field.Within).Where(number => number != 0).Distinct()
            where fields.Any(pair => pair.Field.Within == 0 && pair.Field.Number == nested)
            select $"{type.Name} {nested}";
        Assert.Empty(clashes);
    }

    [Fact]
    public void JsonNamesAreWhatTheAttributesSay()
    {
        foreach (var type in KindCatalogue.Resources.Where(type => !type.IsGenericType))
        {
            var info = KubeJson.Options.GetTypeInfo(type);
            Assert.Equal(JsonTypeInfoKind.Object, info.Kind);
            var written = info.Properties.Select(property => property.Name).Order(StringComparer.Ordinal);
            var declared = KindCatalogue.Fields(type)
                .Select(pair => pair.Field.Name ?? JsonNamingPolicy.CamelCase.ConvertName(pair.Property.Name)).Order(StringComparer.Ordinal);
            Assert.Equal(declared, written);
        }
    }

    [Fact]
    public void EveryPropertyIsAField()
    {
        var bare =
            from type in KindCatalogue.Resources
            from property in type.GetProperties(BindingFlags.Instance | BindingFlags.Public | BindingFlags.DeclaredOnly)
            where property.GetCustomAttribute<FieldAttribute>() is null
            select $"{type.Name}.{property.Name}";
        Assert.Empty(bare);
    }

    [Fact]
    public void DefaultsAreJsonOfTheFieldsType()
    {
        foreach (var type in KindCatalogue.Resources)
        {
            foreach (var (property, _) in KindCatalogue.Fields(type))
            {
                if (property.GetCustomAttribute<DefaultAttribute>() is { } given)
                {
                    var value = JsonSerializer.Deserialize(given.Json, KubeJson.Options.GetTypeInfo(property.PropertyType));
                    Assert.NotNull(value);
                    if (property.GetCustomAttribute<EnumAttribute>() is { } choice)
                    {
                        Assert.Contains((string)value, choice.Values);
                    }
                }
            }
        }
    }

    [Fact]
    public void MapListsNameKeysTheirItemsHave()
    {
        var checkedLists = 0;
        foreach (var (property, _) in KindCatalogue.Resources.SelectMany(KindCatalogue.Fields))
        {
            var names = (property.GetCustomAttribute<ListTypeAttribute>()?.Keys ?? []).ToList();
            if (property.GetCustomAttribute<PatchStrategyAttribute>()?.MergeKey is { } mergeKey)
            {
                names.Add(mergeKey);
            }

            if (names.Count == 0)
            {
                continue;
            }

            var item = property.PropertyType.GetGenericArguments()[0];
            var members = KubeJson.Options.GetTypeInfo(item).Properties.Select(member => member.Name).ToHashSet(StringComparer.Ordinal);
            Assert.All(names, name => Assert.Contains(name, members));
            checkedLists++;
        }

        Assert.True(checkedLists > 50);
    }

    [Theory]
    [MemberData(nameof(KindNames))]
    public void FilledObjectsSurviveTheRoundTrip(string typeName)
    {
        var type = typeof(IKubeObject).Assembly.GetType(typeName, throwOnError: true)!;
        var info = KubeJson.Options.GetTypeInfo(type);
        var filled = Fill(type, depth: 0);
        var first = JsonSerializer.Serialize(filled, info);
        var again = JsonSerializer.Serialize(JsonSerializer.Deserialize(first, info), info);
        Assert.Equal(first, again);
        Assert.Equal(KindCatalogue.Fields(type).Count, JsonNode.Parse(first)!.AsObject().Count);
    }

    [Fact]
    public void ZeroesAreWrittenOnlyWhereKubernetesWritesThem()
    {
        var json = KubeJson.ToJsonObject(new Kube.Api.Apps.V1.ReplicaSetStatus());
        Assert.Equal("{\"replicas\":0}", json.ToJsonString());
    }

    [Fact]
    public void AbsentMetadataIsNeverNull()
    {
        var pod = KubeJson.Deserialize<Kube.Api.Core.V1.Pod>("""{"metadata":null,"spec":{"containers":[]},"extra":1}""");
        Assert.NotNull(pod.Metadata);
        Assert.Equal("Pod", pod.Kind);
    }

    [Fact]
    public void InlinedStructsAreMembersOfTheParent()
    {
        var volume = KubeJson.Deserialize<Kube.Api.Core.V1.Volume>("""{"name":"v","hostPath":{"path":"/x"}}""");
        Assert.Equal("/x", volume.HostPath!.Path);
        Assert.Equal("""{"name":"v","hostPath":{"path":"/x"}}""", KubeJson.SerializeToString(volume));
    }

    [Fact]
    public void ListsKeepTheirItemsAndContinuation()
    {
        var list = KubeJson.Deserialize<KubeList<Kube.Api.Core.V1.Node>>(
            """{"kind":"NodeList","apiVersion":"v1","metadata":{"resourceVersion":"7","continue":"abc","remainingItemCount":2},"items":[{"metadata":{"name":"a"}}]}""");
        Assert.Equal("a", Assert.Single(list.Items).Metadata.Name);
        Assert.Equal(("7", "abc", 2L), (list.Metadata.ResourceVersion, list.Metadata.Continue, list.Metadata.RemainingItemCount));
    }

    private static object Fill(Type type, int depth)
    {
        var bare = Nullable.GetUnderlyingType(type) ?? type;
        return bare switch
        {
            _ when bare == typeof(string) => "text",
            _ when bare == typeof(int) => 7,
            _ when bare == typeof(long) => 7_000_000_000L,
            _ when bare == typeof(bool) => true,
            _ when bare == typeof(double) => 1.5,
            _ when bare == typeof(byte[]) => new byte[] { 1, 2, 255 },
            _ when bare == typeof(Quantity) => Quantity.Parse("1500m"),
            _ when bare == typeof(IntOrString) => new IntOrString("25%"),
            _ when bare == typeof(Time) => Time.Parse("2026-01-02T03:04:05Z"),
            _ when bare == typeof(MicroTime) => MicroTime.Parse("2026-01-02T03:04:05.678901Z"),
            _ when bare == typeof(JsonNode) => JsonNode.Parse("""{"a":[1,null]}""")!,
            _ when bare.IsGenericType && bare.GetGenericTypeDefinition() == typeof(List<>) => FilledList(bare, depth),
            _ when bare.IsGenericType => FilledMap(bare, depth),
            _ => FilledObject(bare, depth),
        };
    }

    private static object FilledList(Type type, int depth)
    {
        var list = (System.Collections.IList)Activator.CreateInstance(type)!;
        list.Add(Fill(type.GetGenericArguments()[0], depth + 1));
        return list;
    }

    private static object FilledMap(Type type, int depth)
    {
        var map = (System.Collections.IDictionary)Activator.CreateInstance(type)!;
        map.Add("key", Fill(type.GetGenericArguments()[1], depth + 1));
        return map;
    }

    private static object FilledObject(Type type, int depth)
    {
        var filled = Activator.CreateInstance(type)!;

        // JSONSchemaProps holds itself, so filling must end somewhere.
        if (depth < 12)
        {
            foreach (var (property, _) in KindCatalogue.Fields(type))
            {
                var recursive = property.PropertyType.GetGenericArguments().Append(property.PropertyType).Contains(type);
                if (!recursive || depth < 4)
                {
                    property.SetValue(filled, Fill(property.PropertyType, depth + 1));
                }
            }
        }

        return filled;
    }
}
