using Kube.Api.Schema;

namespace Kube.Api.ApiExtensions.V1;

/// <summary>Names of a kind.</summary>
public sealed class CustomResourceDefinitionNames
{
    /// <summary>The resource's name in paths.</summary>
    [Field(1, Required = true, Always = true)]
    public string? Plural { get; set; }

    /// <summary>The singular, in lower case.</summary>
    [Field(2)]
    public string? Singular { get; set; }

    /// <summary>Short names for use on the command line.</summary>
    [Field(3)]
    [ListType(Kube.Api.Schema.ListKind.Atomic)]
    public List<string>? ShortNames { get; set; }

    /// <summary>The kind in CamelCase.</summary>
    [Field(4, Required = true, Always = true)]
    public string? Kind { get; set; }

    /// <summary>Kind of lists; the kind with List after it when absent.</summary>
    [Field(5)]
    public string? ListKind { get; set; }

    /// <summary>Groups of resources it belongs to, such as all.</summary>
    [Field(6)]
    [ListType(Kube.Api.Schema.ListKind.Atomic)]
    public List<string>? Categories { get; set; }
}
