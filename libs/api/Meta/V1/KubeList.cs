using System.Diagnostics.CodeAnalysis;
using Kube.Api.Schema;

namespace Kube.Api.Meta.V1;

/// <summary>A list of objects of one kind at one resource version: PodList, DeploymentList and all others.</summary>
/// <typeparam name="T">The kind of the items.</typeparam>
public sealed class KubeList<T>
    where T : class
{
    /// <summary>Group and version of the list and its items.</summary>
    [Field(0)]
    public string? ApiVersion { get; set; }

    /// <summary>The items' kind followed by List.</summary>
    [Field(0)]
    public string? Kind { get; set; }

    /// <summary>The list's resource version and, for a page, where the next one begins. Never null.</summary>
    [Field(1, Always = true)]
    [AllowNull]
    public ListMeta Metadata { get; set => field = value ?? new ListMeta(); } = new();

    /// <summary>The objects; empty rather than null.</summary>
    [Field(2, Required = true, Always = true)]
    [AllowNull]
    public List<T> Items { get; set => field = value ?? []; } = [];
}
