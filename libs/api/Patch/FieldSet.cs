using System.Text.Json.Nodes;
using Kube.Api.Serialization;

namespace Kube.Api.Patch;

/// <summary>
/// A set of places in an object, as managedFields keeps it (FieldsV1). Elements of a path are written as there:
/// f:name, k:{"name":"c"}, v:"x". A node may be a member itself, have members below it, or both. Immutable; what two sets have in
/// common they share. Every write computes with sets of a hundred places, so they are arrays in order, and merged as such.
/// </summary>
internal sealed class FieldSet
{
    internal static readonly FieldSet Empty = new(false, [], []);
    internal static readonly FieldSet Leaf = new(true, [], []);

    private readonly string[] _elements;
    private readonly FieldSet[] _below;

    private FieldSet(bool isMember, string[] elements, FieldSet[] below)
    {
        IsMember = isMember;
        _elements = elements;
        _below = below;
    }

    /// <summary>True when the place itself is in the set.</summary>
    internal bool IsMember { get; }

    internal bool IsEmpty => !IsMember && _elements.Length == 0;

    /// <summary>True when the place is in the set and nothing below it.</summary>
    internal bool IsLeaf => IsMember && _elements.Length == 0;

    /// <summary>What of the set is below an element; null for nothing.</summary>
    internal FieldSet? Find(string element)
    {
        var at = Array.BinarySearch(_elements, element, StringComparer.Ordinal);
        return at < 0 ? null : _below[at];
    }

    /// <summary>The same set with the place itself in it.</summary>
    internal FieldSet WithSelf() => IsMember ? this : _elements.Length == 0 ? Leaf : new FieldSet(true, _elements, _below);

    internal FieldSet Union(FieldSet other)
    {
        if (ReferenceEquals(this, other) || other._elements.Length == 0)
        {
            return other.IsMember ? WithSelf() : this;
        }

        if (_elements.Length == 0)
        {
            return IsMember ? other.WithSelf() : other;
        }

        var union = new Builder(_elements.Length + other._elements.Length);
        var (i, j) = (0, 0);
        while (i < _elements.Length || j < other._elements.Length)
        {
            switch (Compare(i, other, j))
            {
                case < 0:
                    union.Add(_elements[i], _below[i++]);
                    break;
                case > 0:
                    union.Add(other._elements[j], other._below[j++]);
                    break;
                default:
                    union.Add(_elements[i], _below[i++].Union(other._below[j++]));
                    break;
            }
        }

        return union.Build(IsMember || other.IsMember);
    }

    /// <summary>The members that the other set doesn't have.</summary>
    internal FieldSet Difference(FieldSet other)
    {
        if (other.IsEmpty)
        {
            return this;
        }

        var difference = new Builder(_elements.Length);
        var same = true;
        for (int i = 0, j = 0; i < _elements.Length; i++)
        {
            j = other.Seek(_elements[i], j);
            var below = other.Is(j, _elements[i]) ? _below[i].Difference(other._below[j]) : _below[i];
            same &= ReferenceEquals(below, _below[i]);
            difference.Add(_elements[i], below);
        }

        var isMember = IsMember && !other.IsMember;
        return same && isMember == IsMember ? this : difference.Build(isMember);
    }

    internal FieldSet Intersection(FieldSet other)
    {
        var intersection = new Builder(Math.Min(_elements.Length, other._elements.Length));
        for (int i = 0, j = 0; i < _elements.Length; i++)
        {
            j = other.Seek(_elements[i], j);
            if (other.Is(j, _elements[i]))
            {
                intersection.Add(_elements[i], _below[i].Intersection(other._below[j]));
            }
        }

        return intersection.Build(IsMember && other.IsMember);
    }

    /// <summary>The set without some elements and all below them.</summary>
    internal FieldSet Without(params ReadOnlySpan<string> elements)
    {
        var rest = new Builder(_elements.Length);
        for (var i = 0; i < _elements.Length; i++)
        {
            if (!elements.Contains(_elements[i]))
            {
                rest.Add(_elements[i], _below[i]);
            }
        }

        return rest.Count == _elements.Length ? this : rest.Build(IsMember);
    }

    /// <summary>The set with something else below an element; with nothing there when that is empty.</summary>
    internal FieldSet With(string element, FieldSet below)
    {
        var changed = new Builder(_elements.Length + 1);
        for (var i = 0; i < _elements.Length; i++)
        {
            if (_elements[i] != element)
            {
                changed.Add(_elements[i], _below[i]);
            }
        }

        changed.Add(element, below);
        return changed.Build(IsMember);
    }

    internal bool SameAs(FieldSet other)
    {
        if (ReferenceEquals(this, other))
        {
            return true;
        }

        if (IsMember != other.IsMember || !_elements.AsSpan().SequenceEqual(other._elements))
        {
            return false;
        }

        for (var i = 0; i < _below.Length; i++)
        {
            if (!_below[i].SameAs(other._below[i]))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>The members, as paths that messages show: .spec.containers[name="c"].image.</summary>
    internal IEnumerable<string> Paths(string above = "")
    {
        if (IsMember)
        {
            yield return above;
        }

        for (var i = 0; i < _elements.Length; i++)
        {
            foreach (var path in _below[i].Paths(above + Show(_elements[i])))
            {
                yield return path;
            }
        }
    }

    /// <summary>An element as messages show it: .spec, [name="c"], [="x"].</summary>
    internal static string Show(string element)
    {
        switch (element[0])
        {
            case 'f':
                return "." + element[2..];
            case 'k':
                var keys = KeysOf(element);
                return "[" + string.Join(",", keys.Select(k => k.Key + "=" + k.Value!.ToJsonString())) + "]";
            case 'v':
                return "[=" + element[2..] + "]";
            default:
                return "[" + element[2..] + "]";
        }
    }

    internal JsonObject ToFieldsV1()
    {
        var result = new JsonObject();
        if (IsMember && _elements.Length > 0)
        {
            result["."] = new JsonObject();
        }

        for (var i = 0; i < _elements.Length; i++)
        {
            result[_elements[i]] = _below[i].ToFieldsV1();
        }

        return result;
    }

    /// <summary>Reads FieldsV1; elements that are malformed are refused.</summary>
    /// <exception cref="PatchException">Not FieldsV1.</exception>
    internal static FieldSet FromFieldsV1(JsonObject? fields) => FromFieldsV1(fields, isRoot: true);

    private static FieldSet FromFieldsV1(JsonObject? fields, bool isRoot)
    {
        if (fields is null || fields.Count == 0)
        {
            return isRoot ? Empty : Leaf;
        }

        var children = new Builder(fields.Count);
        var isMember = false;
        foreach (var (element, below) in fields)
        {
            if (element == ".")
            {
                isMember = true;
                continue;
            }

            if (element.Length < 2 || element[1] != ':' || element[0] is not ('f' or 'k' or 'v' or 'i') || !IsWellFormed(element))
            {
                throw new PatchException($"missing or unknown path element in managedFields: {element}", PatchFailure.BadRequest);
            }

            children.Add(element, FromFieldsV1(below as JsonObject, isRoot: false));
        }

        return children.Build(isMember);
    }

    private static JsonObject KeysOf(string element) => JsonTree.ParseObject(System.Text.Encoding.UTF8.GetBytes(element[2..]));

    private static bool IsWellFormed(string element)
    {
        if (element[0] != 'k')
        {
            return true;
        }

        try
        {
            return KeysOf(element).All(k => k.Value is JsonValue);
        }
        catch (DecodeException)
        {
            // Said by the caller, with the element.
            return false;
        }
    }

    /// <summary>How the element at i stands to the other set's at j, of which one may be past the end.</summary>
    private int Compare(int i, FieldSet other, int j) =>
        i == _elements.Length ? 1 : j == other._elements.Length ? -1 : string.CompareOrdinal(_elements[i], other._elements[j]);

    /// <summary>The first place from one on whose element does not come before this one.</summary>
    private int Seek(string element, int from)
    {
        while (from < _elements.Length && string.CompareOrdinal(_elements[from], element) < 0)
        {
            from++;
        }

        return from;
    }

    private bool Is(int at, string element) => at < _elements.Length && _elements[at] == element;

    /// <summary>Gathers what is below a place, in any order, each element once; what is empty is left out.</summary>
    internal struct Builder(int capacity)
    {
        private string[] _elements = capacity == 0 ? [] : new string[capacity];
        private FieldSet[] _below = capacity == 0 ? [] : new FieldSet[capacity];
        private bool _isOrdered = true;

        internal int Count { get; private set; }

        internal void Add(string element, FieldSet below)
        {
            if (below.IsEmpty)
            {
                return;
            }

            if (Count == _elements.Length)
            {
                Array.Resize(ref _elements, Math.Max(4, Count * 2));
                Array.Resize(ref _below, Math.Max(4, Count * 2));
            }

            _isOrdered &= Count == 0 || string.CompareOrdinal(_elements[Count - 1], element) < 0;
            (_elements[Count], _below[Count]) = (element, below);
            Count++;
        }

        internal FieldSet Build(bool isMember)
        {
            if (Count == 0)
            {
                return isMember ? Leaf : Empty;
            }

            if (!_isOrdered)
            {
                Array.Sort(_elements, _below, 0, Count, StringComparer.Ordinal);
            }

            if (Count < _elements.Length)
            {
                Array.Resize(ref _elements, Count);
                Array.Resize(ref _below, Count);
            }

            return new FieldSet(isMember, _elements, _below);
        }
    }
}
