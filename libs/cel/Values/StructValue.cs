using Kube.Cel.Types;

namespace Kube.Cel.Values;

/// <summary>An object made by an expression.</summary>
internal sealed class StructValue(CelType type, Dictionary<CelValue, CelValue> fields) : MapValue
{
    public override CelType Type => type;

    public override int Count => fields.Count;

    public override IEnumerable<CelValue> Keys => fields.Keys;

    public override CelValue? Find(CelValue key) => fields.GetValueOrDefault(key);

    public override bool EqualTo(CelValue other) => other is StructValue && other.Type.Equals(type) && base.EqualTo(other);
}
