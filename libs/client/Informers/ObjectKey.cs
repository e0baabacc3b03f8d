namespace Kube.Client.Informers;

/// <summary>Namespace and name of an object; the namespace is empty for a cluster-wide object.</summary>
public readonly record struct ObjectKey(string Namespace, string Name)
{
    public static ObjectKey Of(IKubeObject value) => new(value.Metadata.Namespace ?? "", value.Metadata.Name ?? "");

    /// <summary>Reads what <see cref="ToString"/> writes.</summary>
    public static ObjectKey Parse(string text)
    {
        var slash = text.IndexOf('/', StringComparison.Ordinal);
        return slash < 0 ? new ObjectKey("", text) : new ObjectKey(text[..slash], text[(slash + 1)..]);
    }

    /// <summary>"namespace/name", or "name" alone.</summary>
    public override string ToString() => Namespace.Length == 0 ? Name : Namespace + "/" + Name;
}
