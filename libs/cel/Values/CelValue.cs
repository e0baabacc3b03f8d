using System.Collections;
using Kube.Cel.Types;

namespace Kube.Cel.Values;

/// <summary>A value of the expression language. Immutable and thread-safe.</summary>
public abstract class CelValue
{
    /// <summary>The type that the value has when it is looked at: elements of lists and maps are dynamic.</summary>
    public abstract CelType Type { get; }

    /// <summary>Equality of the language: numbers by their value, values of types that do not compare are unequal.</summary>
    public abstract bool EqualTo(CelValue other);

    /// <summary>Number of code points, bytes, elements or entries; 1 for what has no parts.</summary>
    public virtual long Size => 1;

    /// <summary>The value that optional.ofNonZeroValue takes for none.</summary>
    public virtual bool IsZero => false;

    internal bool IsError => this is ErrorValue;
}

/// <summary>A failure on its way out of an expression; logical operators may absorb it.</summary>
public sealed class ErrorValue(string message) : CelValue
{
    public static ErrorValue NoSuchOverload { get; } = new("no such overload");

    public string Message => message;

    public override CelType Type => CelType.Error;

    public override bool EqualTo(CelValue other) => false;

    public override string ToString() => message;

    internal static ErrorValue NoSuchKey(CelValue key) => new("no such key: " + Display.Of(key));

    internal static ErrorValue NoSuchAttribute(string name) => new("no such attribute(s): " + name);
}

public sealed class NullValue : CelValue
{
    private NullValue()
    {
    }

    public static NullValue Instance { get; } = new();

    public override CelType Type => CelType.Null;

    public override bool IsZero => true;

    public override bool EqualTo(CelValue other) => other is NullValue;

    public override string ToString() => "null";
}

public sealed class BoolValue : CelValue
{
    private BoolValue(bool value) => Value = value;

    public static BoolValue True { get; } = new(true);

    public static BoolValue False { get; } = new(false);

    public bool Value { get; }

    public override CelType Type => CelType.Bool;

    public override bool IsZero => !Value;

    public static BoolValue Of(bool value) => value ? True : False;

    public override bool EqualTo(CelValue other) => other is BoolValue b && b.Value == Value;

    public override string ToString() => Value ? "true" : "false";
}

/// <summary>A type as a value.</summary>
public sealed class TypeValue(CelType type) : CelValue
{
    public CelType Value => type;

    public override CelType Type => CelType.Type;

    /// <summary>Parameters do not count: every list has the type list.</summary>
    public override bool EqualTo(CelValue other) => other is TypeValue t && t.Value.Name == type.Name;

    public override string ToString() => type.Name;
}

/// <summary>A value that may be missing.</summary>
public sealed class OptionalValue(CelValue? value) : CelValue
{
    private static readonly CelType TypeOfAll = CelType.OptionalOf(CelType.Dyn);

    public static OptionalValue None { get; } = new(null);

    /// <summary>Null when there is none.</summary>
    public CelValue? Value => value;

    public override CelType Type => TypeOfAll;

    public override long Size => value?.Size ?? 1;

    public override bool IsZero => value is null;

    public override bool EqualTo(CelValue other) =>
        other is OptionalValue o && (value is null ? o.Value is null : o.Value is not null && value.EqualTo(o.Value));

    public override string ToString() => value is null ? "optional.none()" : $"optional({Display.Of(value)})";
}

/// <summary>A list; elements may be made when they are asked for.</summary>
public abstract class ListValue : CelValue, IEnumerable<CelValue>
{
    private static readonly CelType TypeOfAll = CelType.ListOf(CelType.Dyn);

    public static ListValue Empty { get; } = new ArrayListValue([]);

    public override CelType Type => TypeOfAll;

    public abstract int Count { get; }

    public abstract CelValue this[int index] { get; }

    public override long Size => Count;

    public override bool IsZero => Count == 0;

    public static ListValue Of(IEnumerable<CelValue> elements) => new ArrayListValue([.. elements]);

    public override bool EqualTo(CelValue other)
    {
        if (other is not ListValue list || list.Count != Count)
        {
            return false;
        }

        for (var i = 0; i < Count; i++)
        {
            if (!this[i].EqualTo(list[i]))
            {
                return false;
            }
        }

        return true;
    }

    public IEnumerator<CelValue> GetEnumerator()
    {
        for (var i = 0; i < Count; i++)
        {
            yield return this[i];
        }
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    public override string ToString() => "[" + string.Join(", ", this.Select(Display.Of)) + "]";
}

internal sealed class ArrayListValue(CelValue[] elements) : ListValue
{
    public override int Count => elements.Length;

    public override CelValue this[int index] => elements[index];
}

/// <summary>Two lists as one, without a copy.</summary>
internal sealed class JoinedListValue(ListValue first, ListValue second) : ListValue
{
    public override int Count { get; } = checked(first.Count + second.Count);

    public override CelValue this[int index] => index < first.Count ? first[index] : second[index - first.Count];
}

/// <summary>The list that a macro builds: it grows in place while the macro alone knows it.</summary>
internal sealed class GrowingListValue : ListValue
{
    private readonly List<CelValue> _elements = [];

    public override int Count => _elements.Count;

    public override CelValue this[int index] => _elements[index];

    public void Add(CelValue element) => _elements.Add(element);
}

/// <summary>A map or an object; values may be made when they are asked for.</summary>
public abstract class MapValue : CelValue
{
    private static readonly CelType TypeOfAll = CelType.MapOf(CelType.Dyn, CelType.Dyn);

    public static MapValue Empty { get; } = new DictionaryMapValue([]);

    public override CelType Type => TypeOfAll;

    public abstract int Count { get; }

    /// <summary>The keys, in a stable order.</summary>
    public abstract IEnumerable<CelValue> Keys { get; }

    /// <summary>The value of a key; null when there is none. An <see cref="ErrorValue"/> when the value cannot be made.</summary>
    public abstract CelValue? Find(CelValue key);

    public override long Size => Count;

    public override bool IsZero => Count == 0;

    public override bool EqualTo(CelValue other)
    {
        if (other is not MapValue map || map.Count != Count)
        {
            return false;
        }

        foreach (var key in Keys)
        {
            if (map.Find(key) is not { } theirs || !Find(key)!.EqualTo(theirs))
            {
                return false;
            }
        }

        return true;
    }

    public override string ToString() => "{" + string.Join(", ", Keys.Select(key => $"{Display.Of(key)}: {Display.Of(Find(key)!)}")) + "}";
}

/// <summary>Finds keys as the language compares them: 1, 1u and 1.0 are one key.</summary>
internal sealed class KeyComparer : IEqualityComparer<CelValue>
{
    public static KeyComparer Instance { get; } = new();

    public bool Equals(CelValue? x, CelValue? y) => x is null ? y is null : y is not null && x.EqualTo(y);

    public int GetHashCode(CelValue obj) => obj switch
    {
        IntValue i => i.Value.GetHashCode(),
        UintValue u => u.Value <= long.MaxValue ? ((long)u.Value).GetHashCode() : u.Value.GetHashCode(),
        DoubleValue d => d.AsInt is { } whole ? whole.GetHashCode() : d.AsUint is { } large ? large.GetHashCode() : d.Value.GetHashCode(),
        StringValue s => s.Value.GetHashCode(StringComparison.Ordinal),
        BoolValue b => b.Value ? 1 : 0,
        _ => 0,
    };
}

internal sealed class DictionaryMapValue : MapValue
{
    private readonly Dictionary<CelValue, CelValue> _entries;

    public DictionaryMapValue(Dictionary<CelValue, CelValue> entries) =>
        _entries = entries.Comparer is KeyComparer ? entries : new Dictionary<CelValue, CelValue>(entries, KeyComparer.Instance);

    public override int Count => _entries.Count;

    public override IEnumerable<CelValue> Keys => _entries.Keys;

    public override CelValue? Find(CelValue key) => _entries.GetValueOrDefault(key);

    /// <summary>False when there is such a key. For the macro that builds the map, which alone knows it.</summary>
    public bool TryAdd(CelValue key, CelValue value) => _entries.TryAdd(key, value);

    public static DictionaryMapValue New() => new(new Dictionary<CelValue, CelValue>(KeyComparer.Instance));
}
