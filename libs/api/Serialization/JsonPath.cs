namespace Kube.Api.Serialization;

/// <summary>A place in a JSON tree, as a chain to the root; texts are made only when asked for.</summary>
internal sealed class JsonPath
{
    private readonly JsonPath? _parent;
    private readonly string? _name;
    private readonly int _index;
    private readonly bool _isField;

    private JsonPath(JsonPath? parent, string? name, int index, bool isField)
    {
        _parent = parent;
        _name = name;
        _index = index;
        _isField = isField;
    }

    internal static JsonPath? Root => null;

    internal static JsonPath Field(JsonPath? parent, string name) => new(parent, name, 0, true);

    internal static JsonPath Key(JsonPath? parent, string name) => new(parent, name, 0, false);

    internal static JsonPath Item(JsonPath? parent, int index) => new(parent, null, index, false);

    /// <summary>With indexes and map keys: spec.containers[0].name.</summary>
    public override string ToString()
    {
        var above = _parent?.ToString() ?? "";
        return _name is null ? $"{above}[{_index}]" : above.Length == 0 ? _name : above + "." + _name;
    }

    /// <summary>Field names alone, as Go's decoder shows a place: spec.containers.name.</summary>
    internal string ToFieldNames()
    {
        var above = _parent?.ToFieldNames() ?? "";
        return !_isField ? above : above.Length == 0 ? _name! : above + "." + _name;
    }
}
