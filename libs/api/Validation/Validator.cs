using System.Text.Json.Nodes;
using Kube.Api.Schema;
using Kube.Api.Serialization;

namespace Kube.Api.Validation;

/// <summary>
/// Validates objects that are decoded and defaulted: metadata, what attributes say, and the hand-written rules of
/// a kind. Pure; the objects are not changed.
/// </summary>
public static class Validator
{
    /// <summary>What is wrong with a new object; its name is already generated. Empty when it may be stored.</summary>
    public static IReadOnlyList<FieldError> ValidateCreate(JsonObject obj, KindInfo kind)
    {
        var errors = new ErrorList();
        MetadataRules.Check(errors, obj.Map("metadata"), kind.Namespaced, KindRules.NameRuleOf(kind));
        MetadataRules.CheckKubernetesFinalizers(errors, obj.Map("metadata"));
        var rules = KindRules.Find(kind);
        rules?.Create?.Invoke(errors, obj);
        rules?.New?.Invoke(errors, obj);
        SchemaRules.Check(errors, obj, kind.Schema);
        return errors.Items;
    }

    /// <summary>
    /// What is wrong with an update. System fields that a client may leave out (uid, creationTimestamp,
    /// namespace) are already taken over from the old object.
    /// </summary>
    /// <param name="obj">The object as it shall be.</param>
    /// <param name="old">The object as it is.</param>
    /// <param name="kind">Their kind.</param>
    /// <param name="subresource">"status" and so on: then the rules of the spec are left out.</param>
    public static IReadOnlyList<FieldError> ValidateUpdate(JsonObject obj, JsonObject old, KindInfo kind, string? subresource = null)
    {
        var errors = CheckUpdate(obj, old, kind, subresource);
        return errors.HasTolerable && KindRules.Find(kind)?.Create is { } rules ? errors.Beyond(() => Of(rules, old)) : errors.Items;
    }

    private static ErrorList Of(Action<ErrorList, JsonObject> rules, JsonObject obj)
    {
        var errors = new ErrorList();
        rules(errors, obj);
        return errors;
    }

    private static ErrorList CheckUpdate(JsonObject obj, JsonObject old, KindInfo kind, string? subresource)
    {
        var errors = new ErrorList();
        MetadataRules.CheckUpdate(errors, obj.Map("metadata"), old.Map("metadata"));
        MetadataRules.Check(errors, obj.Map("metadata"), kind.Namespaced, KindRules.NameRuleOf(kind));
        MetadataRules.CheckKubernetesFinalizers(errors, obj.Map("metadata"));
        var rules = KindRules.Find(kind);
        if (!string.IsNullOrEmpty(subresource))
        {
            (rules?.Subresources.GetValueOrDefault(subresource) ?? rules?.Status)?.Invoke(errors, obj, old);
            return errors;
        }

        if (rules?.CheckedOnUpdate != false)
        {
            rules?.Create?.Invoke(errors, obj);
        }

        rules?.Update?.Invoke(errors, obj, old);
        SchemaRules.Check(errors, obj, kind.Schema);
        SchemaRules.CheckUpdate(errors, obj, old, kind.Schema);
        return errors;
    }
}

/// <summary>Gathers faults; the same fault is kept once.</summary>
internal sealed class ErrorList
{
    private readonly List<FieldError> _items = [];
    private readonly HashSet<string> _seen = new(StringComparer.Ordinal);
    private readonly HashSet<string> _judged = new(StringComparer.Ordinal);
    private readonly Dictionary<FieldError, string> _tolerable = new(ReferenceEqualityComparer.Instance);

    internal IReadOnlyList<FieldError> Items => _items;

    /// <summary>The hand-written rules have looked at this place and may have told of it at another one; attributes say no more.</summary>
    internal void Judged(string path) => _judged.Add(path);

    internal void Add(FieldError error)
    {
        if (_seen.Add(error.ToString()))
        {
            _items.Add(error);
        }
    }

    /// <summary>Some fault may be let pass on an update.</summary>
    internal bool HasTolerable => _tolerable.Count > 0;

    /// <summary>
    /// A fault by a rule that is younger than the kind: an update may have it when the object as it is stored has one
    /// of the same sort, wherever, so that what is stored can still be changed.
    /// </summary>
    internal void AddTolerable(string sort, FieldError error)
    {
        if (_seen.Add(error.ToString()))
        {
            _items.Add(error);
            _tolerable[error] = sort;
        }
    }

    /// <summary>The faults, without those of a sort that the stored object has too.</summary>
    internal IReadOnlyList<FieldError> Beyond(Func<ErrorList> stored)
    {
        var had = stored()._tolerable.Values.ToHashSet(StringComparer.Ordinal);
        return [.. _items.Where(error => !_tolerable.TryGetValue(error, out var sort) || !had.Contains(sort))];
    }

    /// <summary>True when there is a fault at this place already: then what attributes say of it would only repeat it.</summary>
    internal bool Concerns(string path) => _judged.Contains(path) || _items.Exists(e => e.Field == path);

    /// <summary>One Invalid fault per message of a rule.</summary>
    internal void AddInvalid(string path, object? value, IEnumerable<string> messages)
    {
        foreach (var message in messages)
        {
            Add(FieldError.Invalid(path, value, message));
        }
    }

    internal bool Require(string path, string? text, string detail = "")
    {
        if (!string.IsNullOrEmpty(text))
        {
            return true;
        }

        Add(FieldError.Required(path, detail));
        return false;
    }

    internal void NonNegative(string path, long? value)
    {
        if (value < 0)
        {
            Add(FieldError.Invalid(path, value, "must be greater than or equal to 0"));
        }
    }

    /// <summary>An empty value is Required, one that is not among the supported NotSupported.</summary>
    internal void OneOf(string path, string? value, params ReadOnlySpan<string> supported)
    {
        if (string.IsNullOrEmpty(value))
        {
            Add(FieldError.Required(path));
        }
        else if (!supported.Contains(value))
        {
            Add(FieldError.NotSupported(path, value, supported.ToArray()));
        }
    }
}
