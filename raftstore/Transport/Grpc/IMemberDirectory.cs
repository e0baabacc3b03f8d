namespace Kube.RaftStore.Transport.Grpc;

/// <summary>A member as its peers are told of it.</summary>
public sealed record KnownMember(ulong Id, string Name, IReadOnlyList<string> PeerUrls, bool IsLearner);

/// <summary>What a member knows of the cluster's members. Thread-safe.</summary>
public interface IMemberDirectory
{
    /// <summary>The members; null while they are not known.</summary>
    IReadOnlyList<KnownMember>? Members { get; }

    /// <summary>Whether a member was removed for good: then it is listened to no longer, and told so.</summary>
    bool IsRemoved(ulong member);

    /// <summary>A peer has said that this member was removed for good. Called from any thread, perhaps more than once.</summary>
    void OnRemoved();
}
