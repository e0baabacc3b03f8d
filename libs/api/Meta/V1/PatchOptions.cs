using Kube.Api.Schema;

namespace Kube.Api.Meta.V1;

/// <summary>Query parameters of patch requests.</summary>
public sealed class PatchOptions
{
    /// <summary>Group and version of the object's schema, such as apps/v1.</summary>
    [Field(0)]
    public string? ApiVersion { get; set; }

    /// <summary>The kind of the object, in CamelCase.</summary>
    [Field(0)]
    public string? Kind { get; set; }

    /// <summary>All goes through every stage without storing anything.</summary>
    [Field(1)]
    [ListType(ListKind.Atomic)]
    public List<string>? DryRun { get; set; }

    /// <summary>Takes over fields that other managers own; only for apply.</summary>
    [Field(2)]
    public bool? Force { get; set; }

    /// <summary>Name under which the fields set are recorded.</summary>
    [Field(3)]
    public string? FieldManager { get; set; }

    /// <summary>What to do about unknown and repeated fields: Ignore, Warn or Strict.</summary>
    [Field(4)]
    public string? FieldValidation { get; set; }
}
