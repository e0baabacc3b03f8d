namespace Kube.Api.Serialization;

/// <summary>What becomes of unknown and duplicate fields (the fieldValidation request parameter).</summary>
public enum FieldValidation
{
    /// <summary>Dropped silently.</summary>
    Ignore,

    /// <summary>Dropped, with a warning each. The default of Kubernetes' API.</summary>
    Warn,

    /// <summary>Refused.</summary>
    Strict,
}

/// <summary>Unknown and duplicate fields met while decoding, in order, without repetition and bounded.</summary>
internal sealed class StrictErrors
{
    private readonly List<string> _errors = [];
    private readonly HashSet<string> _seen = new(StringComparer.Ordinal);

    internal IReadOnlyList<string> Errors => _errors;

    /// <summary>
    /// True when the object is only a part of one, as server-side apply takes it: then what it says stays as it
    /// is said, zero values too, and nothing is added.
    /// </summary>
    internal bool IsPartial { get; init; }

    internal void Unknown(string path) => Add("unknown field ", path);

    internal void Duplicate(string path) => Add("duplicate field ", path);

    private void Add(string what, string path)
    {
        var message = what + GoText.Quote(path);
        if (_errors.Count < DecodeLimits.MaxStrictErrors && _seen.Add(message))
        {
            _errors.Add(message);
        }
    }

    /// <summary>The warnings that a mode makes of the errors.</summary>
    /// <exception cref="DecodeException">Strict, and there is any.</exception>
    internal IReadOnlyList<string> Conclude(FieldValidation validation)
    {
        if (_errors.Count == 0 || validation == FieldValidation.Ignore)
        {
            return [];
        }

        return validation == FieldValidation.Warn
            ? _errors
            : throw new DecodeException("strict decoding error: " + string.Join(", ", _errors)) { IsStrict = true };
    }
}
