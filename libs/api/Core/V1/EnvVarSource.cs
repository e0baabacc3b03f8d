using Kube.Api.Schema;

namespace Kube.Api.Core.V1;

/// <summary>Where a variable's value comes from: exactly one source.</summary>
public sealed class EnvVarSource
{
    /// <summary>
    /// A field of the pod: metadata.name, metadata.labels['KEY'], spec.nodeName, status.podIP and a few others.
    /// </summary>
    [Field(1)]
    public ObjectFieldSelector? FieldRef { get; set; }

    /// <summary>A request or limit of a container.</summary>
    [Field(2)]
    public ResourceFieldSelector? ResourceFieldRef { get; set; }

    /// <summary>A key of a config map.</summary>
    [Field(3)]
    public ConfigMapKeySelector? ConfigMapKeyRef { get; set; }

    /// <summary>A key of a secret.</summary>
    [Field(4)]
    public SecretKeySelector? SecretKeyRef { get; set; }
}
