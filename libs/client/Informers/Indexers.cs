namespace Kube.Client.Informers;

/// <summary>Names and functions of the indexes that several components use.</summary>
public static class Indexers
{
    /// <summary>Objects by namespace; every store has it.</summary>
    public const string ByNamespace = "namespace";

    /// <summary>Objects by the uid of each of their owners.</summary>
    public const string ByOwner = "owner";

    /// <summary>Objects by the uid of their controlling owner.</summary>
    public const string ByController = "controller";

    /// <summary>Pods by spec.nodeName.</summary>
    public const string ByNode = "node";

    /// <summary>The uids of all owners.</summary>
    public static IEnumerable<string> Owners(IKubeObject value) =>
        value.Metadata.OwnerReferences?.Select(static owner => owner.Uid ?? "") ?? [];

    /// <summary>The uid of the controlling owner, if there is one.</summary>
    public static IEnumerable<string> Controller(IKubeObject value) =>
        value.Metadata.OwnerReferences?.Where(static owner => owner.Controller == true).Select(static owner => owner.Uid ?? "") ?? [];
}
