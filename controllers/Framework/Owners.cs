namespace Kube.Controllers.Framework;

/// <summary>Owner references.</summary>
public static class Owners
{
    /// <summary>Index of the objects without a controlling owner, by namespace.</summary>
    public const string Orphans = "orphans";

    /// <summary>The indexer of <see cref="Orphans"/>.</summary>
    public static IEnumerable<string> OrphanNamespace(IKubeObject value) =>
        ControllerOf(value) is null ? [value.Metadata.Namespace ?? ""] : [];

    /// <summary>
    /// What an owner may manage: what carries its reference, and what nobody manages in its namespace. The informer
    /// must have the indexes <see cref="Indexers.ByController"/> and <see cref="Orphans"/>.
    /// </summary>
    public static IEnumerable<T> Candidates<T>(IReadOnlyStore<T> store, IKubeObject owner)
        where T : class, IKubeObject =>
        store.ByIndex(Indexers.ByController, owner.Metadata.Uid ?? "").Concat(store.ByIndex(Orphans, owner.Metadata.Namespace ?? ""));

    /// <summary>The key of the managing object when it is of the kind; its uid must still be compared.</summary>
    public static ObjectKey? KeyOfController(IKubeObject value, string kind) =>
        ControllerOf(value) is { } owner && owner.Kind == kind ? new ObjectKey(value.Metadata.Namespace ?? "", owner.Name ?? "") : null;

    /// <summary>The reference to the owner that manages the object; null when there is none.</summary>
    public static OwnerReference? ControllerOf(IKubeObject value) =>
        value.Metadata.OwnerReferences?.Find(static owner => owner.Controller == true);

    /// <summary>True when <paramref name="owner"/> manages <paramref name="value"/>.</summary>
    public static bool IsControlledBy(IKubeObject value, IKubeObject owner) => ControllerOf(value)?.Uid == owner.Metadata.Uid;

    /// <summary>A reference that makes <paramref name="owner"/> the manager of what carries it.</summary>
    public static OwnerReference NewControllerReference(IKubeObject owner) => new()
    {
        ApiVersion = owner.ApiVersion,
        Kind = owner.Kind,
        Name = owner.Metadata.Name,
        Uid = owner.Metadata.Uid,
        Controller = true,
        BlockOwnerDeletion = true,
    };
}
