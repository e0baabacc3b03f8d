namespace Kube.ApiServer.Storage.WatchCache;

/// <summary>A field that a field selector may name.</summary>
/// <param name="Name">Name in selectors, such as spec.nodeName.</param>
/// <param name="Path">Where the value is in the object, dots between names; usually the same.</param>
/// <param name="Absent">Value of an object without the field: "" for strings, "0" for numbers, "false" for booleans.</param>
public sealed record SelectableField(string Name, string Path, string Absent = "")
{
    public SelectableField(string name)
        : this(name, name)
    {
    }
}
