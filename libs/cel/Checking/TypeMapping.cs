using Kube.Cel.Types;

namespace Kube.Cel.Checking;

/// <summary>
/// What type parameters stand for, as it is found while an expression is checked: unification as cel-go does it, with
/// dynamic types fitting everywhere.
/// </summary>
internal sealed class TypeMapping
{
    private Dictionary<string, CelType> _known = new(StringComparer.Ordinal);
    private int _fresh;

    /// <summary>A parameter that stands for nothing yet.</summary>
    public CelType Fresh() => CelType.Parameter($"_var{_fresh++}");

    /// <summary>True when values of <paramref name="actual"/> may stand where <paramref name="expected"/> is; then what parameters stand for is kept.</summary>
    public bool Assign(CelType actual, CelType expected) => AssignAll([actual], [expected]);

    public bool AssignAll(IReadOnlyList<CelType> actual, IReadOnlyList<CelType> expected)
    {
        var before = new Dictionary<string, CelType>(_known, StringComparer.Ordinal);
        if (actual.Count == expected.Count && Fits(actual, expected))
        {
            return true;
        }

        _known = before;
        return false;
    }

    /// <summary>The type with parameters replaced by what they stand for.</summary>
    /// <param name="openToDynamic">Whether what stands for nothing becomes dynamic.</param>
    public CelType Resolve(CelType type, bool openToDynamic)
    {
        if (type.Kind == TypeKind.Parameter)
        {
            return _known.TryGetValue(type.Name, out var found) ? Resolve(found, openToDynamic) : openToDynamic ? CelType.Dyn : type;
        }

        return type.Parameters.Count == 0 ? type : type.With(type.Parameters.Select(parameter => Resolve(parameter, openToDynamic)));
    }

    /// <summary>Of two types that fit each other, the one that says less.</summary>
    public static CelType MostGeneral(CelType a, CelType b) => SaysLess(a, b) ? a : b;

    private static bool SaysLess(CelType a, CelType b)
    {
        if (a.IsDynamic || a.Kind == TypeKind.Parameter)
        {
            return true;
        }

        if (b.IsDynamic || b.Kind == TypeKind.Parameter || a.Kind != b.Kind)
        {
            return false;
        }

        return a.Kind switch
        {
            TypeKind.Opaque or TypeKind.List or TypeKind.Map =>
                a.Name == b.Name && a.Parameters.Count == b.Parameters.Count && a.Parameters.Zip(b.Parameters).All(pair => SaysLess(pair.First, pair.Second)),
            TypeKind.Type => true,
            _ => a.Equals(b),
        };
    }

    private bool Fits(IReadOnlyList<CelType> a, IReadOnlyList<CelType> b)
    {
        for (var i = 0; i < a.Count; i++)
        {
            if (!Fits(a[i], b[i]))
            {
                return false;
            }
        }

        return true;
    }

    private bool Fits(CelType a, CelType b)
    {
        if (b.Kind == TypeKind.Parameter)
        {
            var (stands, known) = StandsFor(a, b);
            if (stands || known)
            {
                return stands;
            }
        }

        if (a.Kind == TypeKind.Parameter)
        {
            return StandsFor(b, a).Valid;
        }

        if (a.IsDynamic || b.IsDynamic)
        {
            return true;
        }

        if (a.Kind == TypeKind.Null || b.Kind == TypeKind.Null)
        {
            return (a.Kind == TypeKind.Null ? b : a).Kind is TypeKind.Null or TypeKind.Opaque or TypeKind.Duration or TypeKind.Timestamp or TypeKind.Object;
        }

        if (a.Kind != b.Kind)
        {
            return false;
        }

        return a.Kind switch
        {
            TypeKind.Opaque or TypeKind.List or TypeKind.Map =>
                a.Name == b.Name && a.Parameters.Count == b.Parameters.Count && Fits(a.Parameters, b.Parameters),
            TypeKind.Type => true,
            _ => a.Name == b.Name,
        };
    }

    /// <summary>Whether a type may be what a parameter stands for; and whether the parameter stood for something before.</summary>
    private (bool Valid, bool Known) StandsFor(CelType type, CelType parameter)
    {
        if (type.Equals(parameter))
        {
            return (true, true);
        }

        if (_known.TryGetValue(parameter.Name, out var found))
        {
            if (type.Equals(found))
            {
                return (true, true);
            }

            if (!Fits(type, found))
            {
                return (false, true);
            }

            var general = MostGeneral(type, found);
            if (!Occurs(parameter, general))
            {
                _known[parameter.Name] = general;
            }

            return (true, true);
        }

        if (Occurs(parameter, type))
        {
            return (false, false);
        }

        _known[parameter.Name] = type;
        return (true, false);
    }

    private bool Occurs(CelType parameter, CelType within) =>
        within.Equals(parameter)
        || (within.Kind == TypeKind.Parameter && _known.TryGetValue(within.Name, out var found) && Occurs(parameter, found))
        || within.Parameters.Any(inner => Occurs(parameter, inner));
}
