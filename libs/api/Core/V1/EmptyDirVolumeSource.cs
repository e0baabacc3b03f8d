using Kube.Api.Schema;
using Kube.Api.Values;

namespace Kube.Api.Core.V1;

public sealed class EmptyDirVolumeSource
{
    [Field(1)]
    public string? Medium { get; set; }

    [Field(2)]
    public Quantity? SizeLimit { get; set; }
}
