using Kube.Api.Schema;

namespace Kube.Api.Core.V1;

/// <summary>Query parameters of a request to run a command in a container.</summary>
public sealed class PodExecOptions
{
    /// <summary>Group and version of the object's schema, such as apps/v1.</summary>
    [Field(0)]
    public string? ApiVersion { get; set; } = "v1";

    /// <summary>The kind of the object, in CamelCase.</summary>
    [Field(0)]
    public string? Kind { get; set; } = "PodExecOptions";

    /// <summary>Passes standard input on.</summary>
    [Field(1)]
    public bool Stdin { get; set; }

    /// <summary>Passes standard output back.</summary>
    [Field(2)]
    public bool Stdout { get; set; }

    /// <summary>Passes standard error back.</summary>
    [Field(3)]
    public bool Stderr { get; set; }

    /// <summary>Uses a terminal.</summary>
    [Field(4)]
    public bool Tty { get; set; }

    /// <summary>The container; the only one when absent.</summary>
    [Field(5)]
    public string? Container { get; set; }

    /// <summary>Program and arguments, without a shell.</summary>
    [Field(6, Required = true, Always = true)]
    [ListType(ListKind.Atomic)]
    public List<string>? Command { get; set; }
}
