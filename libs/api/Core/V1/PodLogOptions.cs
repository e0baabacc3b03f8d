using Kube.Api.Schema;
using Kube.Api.Values;

namespace Kube.Api.Core.V1;

public sealed class PodLogOptions
{
    /// <summary>Group and version of the object's schema, such as apps/v1.</summary>
    [Field(0)]
    public string? ApiVersion { get; set; } = "v1";

    /// <summary>The kind of the object, in CamelCase.</summary>
    [Field(0)]
    public string? Kind { get; set; } = "PodLogOptions";

    [Field(1)]
    public string? Container { get; set; }

    [Field(2)]
    public bool Follow { get; set; }

    [Field(3)]
    public bool Previous { get; set; }

    [Field(4)]
    public long? SinceSeconds { get; set; }

    [Field(5)]
    public Time? SinceTime { get; set; }

    [Field(6)]
    public bool Timestamps { get; set; }

    [Field(7)]
    public long? TailLines { get; set; }

    [Field(8)]
    public long? LimitBytes { get; set; }

    [Field(9)]
    public bool InsecureSkipTLSVerifyBackend { get; set; }

    [Field(10, Pointer = true)]
    public string? Stream { get; set; }
}
