namespace Kube.Api.Meta.V1;

/// <summary>An object that the API stores and serves: every top-level kind.</summary>
public interface IKubeObject
{
    /// <summary>Group and version, such as apps/v1; the kind's own when the object is made in code.</summary>
    string? ApiVersion { get; set; }

    /// <summary>The kind; the type's own when the object is made in code.</summary>
    string? Kind { get; set; }

    /// <summary>The object's name, labels, owners and the rest of what every object has. Never null.</summary>
    ObjectMeta Metadata { get; set; }
}
