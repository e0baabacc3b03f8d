using Kube.Api.Schema;

namespace Kube.Api.Core.V1;

public sealed class EnvVarSource
{
    [Field(1)]
    public ObjectFieldSelector? FieldRef { get; set; }

    [Field(2)]
    public ResourceFieldSelector? ResourceFieldRef { get; set; }

    [Field(3)]
    public ConfigMapKeySelector? ConfigMapKeyRef { get; set; }

    [Field(4)]
    public SecretKeySelector? SecretKeyRef { get; set; }
}
