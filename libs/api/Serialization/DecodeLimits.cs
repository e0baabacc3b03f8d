namespace Kube.Api.Serialization;

/// <summary>Bounds that every decoder keeps.</summary>
public static class DecodeLimits
{
    /// <summary>Largest request body in bytes, as Kubernetes has it.</summary>
    public const int MaxBodySizeBytes = 3 * 1024 * 1024;

    /// <summary>Deepest nesting of objects and lists.</summary>
    public const int MaxDepth = 256;

    /// <summary>Most nodes that aliases may expand a YAML document to.</summary>
    internal const int MaxYamlNodes = 1_000_000;

    /// <summary>Most unknown or duplicate fields reported for one body.</summary>
    internal const int MaxStrictErrors = 100;
}
