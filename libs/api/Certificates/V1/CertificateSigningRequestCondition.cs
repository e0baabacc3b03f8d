using Kube.Api.Schema;
using Kube.Api.Values;

namespace Kube.Api.Certificates.V1;

/// <summary>One aspect of a request's state.</summary>
public sealed class CertificateSigningRequestCondition
{
    /// <summary>Approved, Denied or Failed.</summary>
    [Field(1, Required = true, Always = true)]
    public string? Type { get; set; }

    /// <summary>Whether it holds: True, False or Unknown.</summary>
    [Field(6, Required = true, Always = true)]
    public string? Status { get; set; }

    /// <summary>Why the status last changed, as one CamelCase word for programs.</summary>
    [Field(2)]
    public string? Reason { get; set; }

    /// <summary>Why the status last changed, in words for people.</summary>
    [Field(3)]
    public string? Message { get; set; }

    /// <summary>Time at which the condition was last written.</summary>
    [Field(4, Always = true)]
    public Time? LastUpdateTime { get; set; }

    /// <summary>Time at which the status last changed.</summary>
    [Field(5, Always = true)]
    public Time? LastTransitionTime { get; set; }
}
