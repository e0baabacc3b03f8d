using Kube.Api.Schema;
using Kube.Api.Values;

namespace Kube.Api.Core.V1;

/// <summary>Query parameters of a request for a container's log.</summary>
public sealed class PodLogOptions
{
    /// <summary>Group and version of the object's schema, such as apps/v1.</summary>
    [Field(0)]
    public string? ApiVersion { get; set; } = "v1";

    /// <summary>The kind of the object, in CamelCase.</summary>
    [Field(0)]
    public string? Kind { get; set; } = "PodLogOptions";

    /// <summary>The container; the only one when absent.</summary>
    [Field(1)]
    public string? Container { get; set; }

    /// <summary>Goes on sending as the log grows.</summary>
    [Field(2)]
    public bool Follow { get; set; }

    /// <summary>The log of the run before this one.</summary>
    [Field(3)]
    public bool Previous { get; set; }

    /// <summary>Only what is younger than so many seconds.</summary>
    [Field(4)]
    public long? SinceSeconds { get; set; }

    /// <summary>Only what is younger than this time.</summary>
    [Field(5)]
    public Time? SinceTime { get; set; }

    /// <summary>Puts the time before each line.</summary>
    [Field(6)]
    public bool Timestamps { get; set; }

    /// <summary>Only so many lines from the end.</summary>
    [Field(7)]
    public long? TailLines { get; set; }

    /// <summary>Ends after so many bytes.</summary>
    [Field(8)]
    public long? LimitBytes { get; set; }

    /// <summary>Does not check the kubelet's certificate.</summary>
    [Field(9)]
    public bool InsecureSkipTLSVerifyBackend { get; set; }

    /// <summary>All, Stdout or Stderr.</summary>
    [Field(10, Pointer = true)]
    public string? Stream { get; set; }
}
