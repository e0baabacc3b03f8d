using Kube.Api.Schema;

namespace Kube.Api.Core.V1;

public sealed class PodExecOptions
{
    /// <summary>Group and version of the object's schema, such as apps/v1.</summary>
    [Field(0)]
    public string? ApiVersion { get; set; } = "v1";

    /// <summary>The kind of the object, in CamelCase.</summary>
    [Field(0)]
    public string? Kind { get; set; } = "PodExecOptions";

    [Field(1)]
    public bool Stdin { get; set; }

    [Field(2)]
    public bool Stdout { get; set; }

    [Field(3)]
    public bool Stderr { get; set; }

    [Field(4)]
    public bool Tty { get; set; }

    [Field(5)]
    public string? Container { get; set; }

    [Field(6, Required = true, Always = true)]
    [ListType(ListKind.Atomic)]
    public List<string>? Command { get; set; }
}
