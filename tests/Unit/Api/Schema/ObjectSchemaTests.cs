using Kube.Api.ApiExtensions.V1;
using Kube.Api.Core.V1;
using Kube.Api.Schema;

namespace Kube.Api.Tests.Schema;

public sealed class ObjectSchemaTests
{
    [Fact]
    public void EveryKindAndAllThatItHoldsHasASchema()
    {
        var seen = new HashSet<ObjectSchema>();
        foreach (var kind in KindCatalog.Default.Kinds)
        {
            Walk(kind.Schema, seen);
            Walk(kind.ListSchema, seen);
        }

        Assert.True(seen.Count > 200, $"only {seen.Count} object schemas");
    }

    private static void Walk(ObjectSchema schema, HashSet<ObjectSchema> seen)
    {
        if (!seen.Add(schema))
        {
            return;
        }

        Assert.NotEmpty(schema.Fields.Concat([null!]));
        foreach (var field in schema.Fields)
        {
            Assert.Same(field, schema.Find(field.Name));
            field.NewDefault();
            for (var value = field.Value; value is not null; value = value.Element)
            {
                if (value.Object is { } below)
                {
                    Walk(below, seen);
                }
            }
        }
    }

    [Fact]
    public void APodsFieldsAreKnownByName()
    {
        var pod = ObjectSchema.For(typeof(Pod));
        var spec = pod.Find("spec")!.Value.Object!;
        var containers = spec.Find("containers")!;
        Assert.Equal(ValueKind.List, containers.Value.Kind);
        Assert.True(containers.PatchMerges);
        Assert.Equal("name", containers.MergeKey);
        Assert.Equal("v1.Container", containers.Value.Element!.GoType);
        Assert.True(spec.Find("volumes")!.PatchRetainsKeys);
        Assert.True(spec.Find("terminationGracePeriodSeconds")!.Pointer);
        Assert.False(spec.Find("hostNetwork")!.Pointer);
        Assert.Null(spec.Find("HostNetwork"));
    }

    [Fact]
    public void MembersOfInlinedStructsStandInTheParent()
    {
        var volume = ObjectSchema.For(typeof(Volume));
        Assert.NotNull(volume.Find("emptyDir"));
        Assert.Contains(volume.WireFields, f => f.Number == 2 && f.Group is not null);
    }

    [Fact]
    public void TypesMayHoldThemselves()
    {
        var props = ObjectSchema.For(typeof(JSONSchemaProps));
        Assert.Same(props, props.Find("properties")!.Value.Element!.Object);
    }

    [Fact]
    public void TheCatalogFindsKindsListsAndMetaKinds()
    {
        var catalog = KindCatalog.Default;
        var pods = catalog.FindResource("", "v1", "pods")!;
        Assert.Equal("Pod", pods.Kind);
        Assert.True(pods.Namespaced);
        Assert.Contains("po", pods.ShortNames);
        Assert.Same(pods.ListSchema, catalog.FindSchema("v1", "PodList"));
        Assert.Equal("deployments", catalog.FindKind("apps", "v1", "Deployment")!.Plural);
        Assert.NotNull(catalog.FindSchema("v1", "DeleteOptions"));
        Assert.NotNull(catalog.FindSchema("policy/v1", "DeleteOptions"));
        Assert.Null(catalog.FindSchema("v1", "Nonsense"));
        Assert.Null(catalog.FindSchema("v1", "ListMeta"));
    }
}
