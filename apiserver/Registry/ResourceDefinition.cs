using System.Text.Json.Nodes;
using Kube.Api.Schema;
using Kube.ApiServer.Storage.WatchCache;

namespace Kube.ApiServer.Registry;

/// <summary>
/// One served version of one resource: its kind with schema, and the strategies that make it itself. Everything the
/// API does with the resource follows from this; there is no endpoint written for one. Immutable.
/// </summary>
public sealed class ResourceDefinition
{
    private static readonly SelectableField[] MetadataFields = [new("metadata.name"), new("metadata.namespace")];

    public ResourceDefinition(
        KindInfo info,
        ResourceStrategy strategy,
        IVersionConverter? converter = null,
        string? storagePrefix = null,
        IReadOnlyDictionary<string, ISubresource>? subresources = null)
    {
        Subresources = subresources ?? new Dictionary<string, ISubresource>();
        Info = info;
        Strategy = strategy;
        Converter = converter;
        StoragePrefix = storagePrefix ?? StoreFeed.Root + info.Plural + "/";
        SelectableFields = [.. MetadataFields, .. strategy.SelectableFields];
    }

    public KindInfo Info { get; }

    public ResourceStrategy Strategy { get; }

    /// <summary>Between the stored version and this one; null when this version is the stored one.</summary>
    public IVersionConverter? Converter { get; }

    /// <summary>Keys begin with it; ends with a slash.</summary>
    public string StoragePrefix { get; }

    /// <summary>Fields of the stored form that a field selector may name.</summary>
    public IReadOnlyList<SelectableField> SelectableFields { get; }

    /// <summary>Group of errors' details.</summary>
    public string Group => Info.Group;

    /// <summary>Resource name as errors show it: "pods", "deployments.apps".</summary>
    public string QualifiedName => Info.Group.Length == 0 ? Info.Plural : Info.Plural + "." + Info.Group;

    /// <summary>Ways into the object beside itself, by name.</summary>
    public IReadOnlyDictionary<string, ISubresource> Subresources { get; }

    public bool HasVerb(string verb) => Info.Verbs.Contains(verb);

    /// <summary>Key of an object within the resource.</summary>
    public string KeyOf(string ns, string name) => Info.Namespaced ? ns + "/" + name : name;

    public override string ToString() => QualifiedName;
}

/// <summary>Carries objects between a served version and the stored one. Pure; may change its argument in place.</summary>
public interface IVersionConverter
{
    JsonObject ToStored(JsonObject served);

    JsonObject ToServed(JsonObject stored);

    /// <summary>The stored form's name of a selectable field of the served form.</summary>
    string FieldToStored(string field);
}
