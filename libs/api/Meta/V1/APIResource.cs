using System.Text.Json.Serialization;
using Kube.Api.Schema;

namespace Kube.Api.Meta.V1;

/// <summary>A resource the server serves, and what can be done with it.</summary>
public sealed class APIResource
{
    /// <summary>The resource's name in paths: plural, in lower case; a subresource after a slash.</summary>
    [Field(1, Required = true, Always = true)]
    public string? Name { get; set; }

    /// <summary>The singular, for use on the command line.</summary>
    [Field(6, Required = true, Always = true)]
    public string? SingularName { get; set; }

    /// <summary>Whether its objects live in a namespace.</summary>
    [Field(2, Required = true, Always = true)]
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public bool Namespaced { get; set; }

    /// <summary>Group of the objects, where it is not the list's.</summary>
    [Field(8)]
    public string? Group { get; set; }

    /// <summary>Version of the objects, where it is not the list's.</summary>
    [Field(9)]
    public string? Version { get; set; }

    /// <summary>Kind of the objects.</summary>
    [Field(3, Required = true, Always = true)]
    public string? Kind { get; set; }

    /// <summary>What can be done: get, list, watch, create, update, patch, delete, deletecollection, proxy.</summary>
    [Field(4, Required = true, Always = true)]
    [Scalar(ScalarForm.WrappedList)]
    public List<string>? Verbs { get; set; }

    /// <summary>Short names for use on the command line.</summary>
    [Field(5)]
    [ListType(ListKind.Atomic)]
    public List<string>? ShortNames { get; set; }

    /// <summary>Groups of resources it belongs to, such as all.</summary>
    [Field(7)]
    [ListType(ListKind.Atomic)]
    public List<string>? Categories { get; set; }

    /// <summary>Stands for the version it is stored in; changes when that does. Opaque.</summary>
    [Field(10)]
    public string? StorageVersionHash { get; set; }
}
