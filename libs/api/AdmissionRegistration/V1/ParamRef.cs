using Kube.Api.Meta.V1;
using Kube.Api.Schema;

namespace Kube.Api.AdmissionRegistration.V1;

/// <summary>Where parameters are.</summary>
[Atomic]
public sealed class ParamRef
{
    /// <summary>Name of the object; excludes selector.</summary>
    [Field(1)]
    public string? Name { get; set; }

    /// <summary>Namespace of the object; the request's own when absent.</summary>
    [Field(2)]
    public string? Namespace { get; set; }

    /// <summary>Labels of the objects; excludes name.</summary>
    [Field(3)]
    public LabelSelector? Selector { get; set; }

    /// <summary>What to do when there is none: Allow or Deny.</summary>
    [Field(4, Pointer = true)]
    public string? ParameterNotFoundAction { get; set; }
}
