using System.Diagnostics.CodeAnalysis;
using Kube.Api.Meta.V1;
using Kube.Api.Schema;

namespace Kube.Api.AdmissionRegistration.V1;

/// <summary>Puts a policy to use, for some requests and with some parameters.</summary>
[Kind("admissionregistration.k8s.io", "v1", "validatingadmissionpolicybindings", Categories = "api-extensions")]
[NameFormat(NameFormat.DnsSubdomain)]
public sealed class ValidatingAdmissionPolicyBinding : IKubeObject
{
    /// <summary>Group and version of the object's schema, such as apps/v1.</summary>
    [Field(0)]
    public string? ApiVersion { get; set; } = "admissionregistration.k8s.io/v1";

    /// <summary>The kind of the object, in CamelCase.</summary>
    [Field(0)]
    public string? Kind { get; set; } = "ValidatingAdmissionPolicyBinding";

    /// <summary>Name, namespace, labels, annotations, owners and the rest of what every object carries.</summary>
    [Field(1, Always = true)]
    [AllowNull]
    public ObjectMeta Metadata { get; set => field = value ?? new ObjectMeta(); } = new();

    /// <summary>What is wanted.</summary>
    [Field(2, Always = true)]
    public ValidatingAdmissionPolicyBindingSpec? Spec { get; set; }
}
