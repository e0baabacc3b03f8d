using Kube.Api.Schema;

namespace Kube.Api.Meta.V1;

public sealed class UpdateOptions
{
    /// <summary>Group and version of the object's schema, such as apps/v1.</summary>
    [Field(0)]
    public string? ApiVersion { get; set; }

    /// <summary>The kind of the object, in CamelCase.</summary>
    [Field(0)]
    public string? Kind { get; set; }

    [Field(1)]
    [ListType(ListKind.Atomic)]
    public List<string>? DryRun { get; set; }

    [Field(2)]
    public string? FieldManager { get; set; }

    [Field(3)]
    public string? FieldValidation { get; set; }
}
