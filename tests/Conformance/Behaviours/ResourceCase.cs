namespace Kube.Conformance.Tests.Behaviours;

/// <summary>One resource as the tests of every resource drive it.</summary>
/// <param name="GroupVersion">Path of its group and version: "api/v1", "apis/apps/v1".</param>
/// <param name="Resource">Plural name.</param>
/// <param name="Kind">Kind of its objects.</param>
/// <param name="Content">An object's members beside apiVersion, kind and metadata, as JSON members without braces.</param>
internal sealed record ResourceCase(string GroupVersion, string Resource, string Kind, string Content)
{
    /// <summary>False for resources of the cluster.</summary>
    public bool Namespaced { get; init; } = true;

    /// <summary>A merge patch of the object that the API lets through, beside a label.</summary>
    public string? Change { get; init; }

    /// <summary>A merge patch of the object's status; null for a resource without that subresource.</summary>
    public string? Status { get; init; }

    /// <summary>Lines of docs/conformance.md shown by <see cref="ResourceTests.Every_verb"/>.</summary>
    public (string Group, string Name)[] Verbs { get; init; } = [];

    /// <summary>Lines shown by <see cref="ResourceTests.Status_apart"/>.</summary>
    public (string Group, string Name)[] StatusApart { get; init; } = [];

    /// <summary>Lines shown by <see cref="ResourceTests.Collection_by_label"/>.</summary>
    public (string Group, string Name)[] Collection { get; init; } = [];

    /// <summary>Name in test lists: "deployments.apps".</summary>
    public string Id => GroupVersion == "api/v1" ? Resource : $"{Resource}.{GroupVersion.Split('/')[1]}";

    public string ApiVersion => GroupVersion[(GroupVersion.IndexOf('/', StringComparison.Ordinal) + 1)..];

    /// <summary>Path of the resource over all namespaces.</summary>
    public string Everywhere => $"{GroupVersion}/{Resource}";

    /// <summary>Path of the resource in a namespace, or of the resource when it has none.</summary>
    public string In(string ns) => Namespaced ? $"{GroupVersion}/namespaces/{ns}/{Resource}" : Everywhere;

    /// <summary>An object with this name and the label suite=MARK.</summary>
    public string Manifest(string name, string mark) =>
        $$$"""{"apiVersion":"{{{ApiVersion}}}","kind":"{{{Kind}}}","metadata":{"name":"{{{name}}}","labels":{"suite":"{{{mark}}}"}}{{{Rest(name)}}}}""";

    private string Rest(string name) => Content.Length == 0 ? "" : "," + Content.Replace("NAME", name, StringComparison.Ordinal);
}
