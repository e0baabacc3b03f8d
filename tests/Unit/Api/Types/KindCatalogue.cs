using System.Reflection;
using Kube.Api.Core.V1;
using Kube.Api.Schema;

namespace Kube.Api.Tests.Types;

/// <summary>Finds the typed resources by reflection, for the tests that hold over all of them.</summary>
internal static class KindCatalogue
{
    /// <summary>Every class that has a serialised field.</summary>
    public static IReadOnlyList<Type> Resources { get; } =
        [.. typeof(Pod).Assembly.GetExportedTypes().Where(type => type.IsClass && Fields(type).Count > 0).OrderBy(type => type.FullName, StringComparer.Ordinal)];

    /// <summary>Every class marked as a kind.</summary>
    public static IReadOnlyList<Type> Kinds { get; } = [.. Resources.Where(type => type.GetCustomAttribute<KindAttribute>() is not null)];

    public static IReadOnlyList<(PropertyInfo Property, FieldAttribute Field)> Fields(Type type) =>
        [.. type.GetProperties(BindingFlags.Instance | BindingFlags.Public).Select(property => (property, property.GetCustomAttribute<FieldAttribute>()!)).Where(pair => pair.Item2 is not null)];
}
