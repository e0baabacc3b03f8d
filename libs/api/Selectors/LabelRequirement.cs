using System.Globalization;
using System.Text;
using Kube.Api.Serialization;
using Kube.Api.Validation;

namespace Kube.Api.Selectors;

/// <summary>How a label requirement compares.</summary>
public enum LabelOperator
{
    Equals,
    NotEquals,
    In,
    NotIn,
    Exists,
    DoesNotExist,
    GreaterThan,
    LessThan,
}

/// <summary>One term of a label selector. Immutable.</summary>
public sealed class LabelRequirement
{
    private LabelRequirement(string key, LabelOperator @operator, string[] values, bool doubleEquals)
    {
        Key = key;
        Operator = @operator;
        Values = values;
        _doubleEquals = doubleEquals;
    }

    private readonly bool _doubleEquals;

    public string Key { get; }

    public LabelOperator Operator { get; }

    /// <summary>The values compared with: one for Equals, NotEquals, GreaterThan and LessThan, none for existence.</summary>
    public IReadOnlyList<string> Values { get; }

    /// <summary>Makes a checked requirement.</summary>
    /// <exception cref="SelectorException">The key, a value or their number does not suit the operator.</exception>
    public static LabelRequirement Create(string key, LabelOperator @operator, IReadOnlyList<string> values) =>
        Create(key, @operator, values, false);

    internal static LabelRequirement Create(string key, LabelOperator @operator, IReadOnlyList<string> values, bool doubleEquals)
    {
        var errors = new List<FieldError>();
        CheckKey(errors, key, "key");
        CheckCount(errors, @operator, values);
        for (var i = 0; i < values.Count; i++)
        {
            if (NameRules.LabelValue(values[i]) is { Count: > 0 } faults)
            {
                errors.Add(FieldError.Invalid($"values[{i}][{key}]", values[i], string.Join("; ", faults)));
            }
        }

        return errors.Count > 0
            ? throw new SelectorException(FieldError.Aggregate(errors))
            : new LabelRequirement(key, @operator, [.. values], doubleEquals);
    }

    internal static void CheckKey(List<FieldError> errors, string key, string path)
    {
        if (NameRules.QualifiedName(key) is { Count: > 0 } faults)
        {
            errors.Add(FieldError.Invalid(path, key, string.Join("; ", faults)));
        }
    }

    private static void CheckCount(List<FieldError> errors, LabelOperator @operator, IReadOnlyList<string> values)
    {
        switch (@operator)
        {
            case LabelOperator.In or LabelOperator.NotIn when values.Count == 0:
                errors.Add(FieldError.Invalid("values", values, "for 'in', 'notin' operators, values set can't be empty"));
                break;
            case LabelOperator.Equals or LabelOperator.NotEquals when values.Count != 1:
                errors.Add(FieldError.Invalid("values", values, "exact-match compatibility requires one single value"));
                break;
            case LabelOperator.Exists or LabelOperator.DoesNotExist when values.Count != 0:
                errors.Add(FieldError.Invalid("values", values, "values set must be empty for exists and does not exist"));
                break;
            case LabelOperator.GreaterThan or LabelOperator.LessThan:
                if (values.Count != 1)
                {
                    errors.Add(FieldError.Invalid("values", values, "for 'Gt', 'Lt' operators, exactly one value is required"));
                }

                for (var i = 0; i < values.Count; i++)
                {
                    if (!TryInteger(values[i], out _))
                    {
                        errors.Add(FieldError.Invalid($"values[{i}]", values[i], "for 'Gt', 'Lt' operators, the value must be an integer"));
                    }
                }

                break;
        }
    }

    /// <summary>True when a label of this value satisfies the requirement; null stands for an absent label.</summary>
    public bool Matches(string? value) => Operator switch
    {
        LabelOperator.Equals or LabelOperator.In => value is not null && Contains(value),
        LabelOperator.NotEquals or LabelOperator.NotIn => value is null || !Contains(value),
        LabelOperator.Exists => value is not null,
        LabelOperator.DoesNotExist => value is null,
        LabelOperator.GreaterThan => value is not null && TryInteger(value, out var a) && TryInteger(Values[0], out var b) && a > b,
        _ => value is not null && TryInteger(value, out var a) && TryInteger(Values[0], out var b) && a < b,
    };

    private bool Contains(string value)
    {
        foreach (var v in (string[])Values)
        {
            if (v == value)
            {
                return true;
            }
        }

        return false;
    }

    private static bool TryInteger(string text, out long value) =>
        long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out value);

    public override string ToString()
    {
        var text = new StringBuilder();
        if (Operator == LabelOperator.DoesNotExist)
        {
            return text.Append('!').Append(Key).ToString();
        }

        text.Append(Key).Append(Operator switch
        {
            LabelOperator.Equals => _doubleEquals ? "==" : "=",
            LabelOperator.NotEquals => "!=",
            LabelOperator.In => " in ",
            LabelOperator.NotIn => " notin ",
            LabelOperator.GreaterThan => ">",
            LabelOperator.LessThan => "<",
            _ => "",
        });
        return Operator is LabelOperator.In or LabelOperator.NotIn
            ? text.Append('(').AppendJoin(',', Values.Order(StringComparer.Ordinal)).Append(')').ToString()
            : text.AppendJoin(',', Values).ToString();
    }
}
