using Kube.Api.Schema;

namespace Kube.Api.Core.V1;

/// <summary>An Azure file share.</summary>
public sealed class AzureFilePersistentVolumeSource
{
    /// <summary>Secret with the account's name and key.</summary>
    [Field(1, Required = true, Always = true)]
    public string? SecretName { get; set; }

    /// <summary>Name of the share.</summary>
    [Field(2, Required = true, Always = true)]
    public string? ShareName { get; set; }

    /// <summary>Mounts it read-only.</summary>
    [Field(3)]
    public bool ReadOnly { get; set; }

    /// <summary>Namespace of the secret.</summary>
    [Field(4, Pointer = true)]
    public string? SecretNamespace { get; set; }
}
