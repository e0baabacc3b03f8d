using Kube.Api.Schema;

namespace Kube.Api.ApiExtensions.V1;

/// <summary>Subresources of a version.</summary>
public sealed class CustomResourceSubresources
{
    /// <summary>Splits status off, so that it is written apart from the rest.</summary>
    [Field(1)]
    public CustomResourceSubresourceStatus? Status { get; set; }

    /// <summary>Gives it a scale subresource.</summary>
    [Field(2)]
    public CustomResourceSubresourceScale? Scale { get; set; }
}
