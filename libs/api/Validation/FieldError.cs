using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Kube.Api.Serialization;

namespace Kube.Api.Validation;

/// <summary>What is wrong with a field.</summary>
public enum FieldErrorType
{
    NotFound,
    Required,
    Duplicate,
    Invalid,
    NotSupported,
    Forbidden,
    TooLong,
    TooMany,
    InternalError,
    TypeInvalid,
}

/// <summary>One fault that validation found, in the words of Kubernetes' API server.</summary>
public sealed class FieldError
{
    private readonly string _value;

    private FieldError(FieldErrorType type, string field, string value, string detail)
    {
        Type = type;
        Field = field;
        _value = value;
        Detail = detail;
    }

    public FieldErrorType Type { get; }

    /// <summary>The field's place: spec.containers[0].name.</summary>
    public string Field { get; }

    /// <summary>What is wrong; may be empty.</summary>
    public string Detail { get; }

    /// <summary>The reason in a Status's causes: FieldValueRequired and so on.</summary>
    public string Reason => Type == FieldErrorType.InternalError ? "InternalError" : "FieldValue" + Type;

    /// <summary>The fault without the field's name: "Invalid value: \"x\": must be …".</summary>
    public string Body
    {
        get
        {
            var body = Type switch
            {
                FieldErrorType.NotFound => "Not found",
                FieldErrorType.Required => "Required value",
                FieldErrorType.Duplicate => "Duplicate value",
                FieldErrorType.NotSupported => "Unsupported value",
                FieldErrorType.Forbidden => "Forbidden",
                FieldErrorType.TooLong => "Too long",
                FieldErrorType.TooMany => "Too many",
                FieldErrorType.InternalError => "Internal error",
                _ => "Invalid value",
            };
            if (_value.Length > 0 && Type is not (FieldErrorType.Required or FieldErrorType.Forbidden or FieldErrorType.TooLong or FieldErrorType.InternalError))
            {
                body += ": " + _value;
            }

            return Detail.Length > 0 ? body + ": " + Detail : body;
        }
    }

    public override string ToString() => Field + ": " + Body;

    public static FieldError NotFound(string field, object? value, string detail = "") => new(FieldErrorType.NotFound, field, Show(value), detail);

    public static FieldError Required(string field, string detail = "") => new(FieldErrorType.Required, field, "", detail);

    public static FieldError Duplicate(string field, object? value, string detail = "") => new(FieldErrorType.Duplicate, field, Show(value), detail);

    public static FieldError Invalid(string field, object? value, string detail) => new(FieldErrorType.Invalid, field, Show(value), detail);

    /// <summary>An Invalid fault whose value Go prints in a way of its own: 0x0.</summary>
    public static FieldError InvalidShown(string field, string shown, string detail) => new(FieldErrorType.Invalid, field, shown, detail);

    /// <summary>An Invalid fault of something too large to show.</summary>
    public static FieldError InvalidUnshown(string field, string detail) => new(FieldErrorType.Invalid, field, "", detail);

    public static FieldError Forbidden(string field, string detail) => new(FieldErrorType.Forbidden, field, "", detail);

    public static FieldError NotSupported(string field, object? value, IEnumerable<string> supported) =>
        new(FieldErrorType.NotSupported, field, Show(value), "supported values: " + string.Join(", ", supported.Select(GoText.Quote)));

    /// <param name="field">The field's place.</param>
    /// <param name="maximum">Most bytes allowed.</param>
    public static FieldError TooLong(string field, int maximum) =>
        new(FieldErrorType.TooLong, field, "", $"may not be more than {maximum} bytes");

    public static FieldError TooMany(string field, int actual, int maximum) =>
        new(FieldErrorType.TooMany, field, actual.ToString(CultureInfo.InvariantCulture), $"must have at most {maximum} items");

    /// <summary>
    /// All faults as one text, repeated ones once: alone as it is, several in brackets. Empty when there is none.
    /// </summary>
    public static string Aggregate(IEnumerable<FieldError> errors)
    {
        var texts = errors.Select(e => e.ToString()).Distinct(StringComparer.Ordinal).ToList();
        return texts.Count == 1 ? texts[0] : texts.Count == 0 ? "" : "[" + string.Join(", ", texts) + "]";
    }

    /// <summary>A bad value as Go prints it: text quoted, numbers plain, anything with parts as compact JSON.</summary>
    private static string Show(object? value) => value switch
    {
        // Go shows a nil pointer as a text of that name.
        null => "\"null\"",
        string text => GoText.Quote(text),
        RawText raw => raw.Text,
        bool flag => flag ? "true" : "false",
        JsonValue node when node.GetValueKind() == JsonValueKind.String => GoText.Quote(node.GetValue<string>()),
        JsonNode node => System.Text.Encoding.UTF8.GetString(JsonTree.ToBytes(node)),
        IEnumerable<string> texts => "[]string{" + string.Join(", ", texts.Select(GoText.Quote)) + "}",
        _ => Convert.ToString(value, CultureInfo.InvariantCulture) ?? "",
    };
}
