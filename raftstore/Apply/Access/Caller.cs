namespace Kube.RaftStore.Apply.Access;

/// <summary>Who asks for something.</summary>
/// <param name="Name">His name; empty when nobody has said who he is.</param>
/// <param name="AuthRevision">Revision of users and roles when he was identified; 0 for nobody.</param>
public readonly record struct Caller(string Name, ulong AuthRevision)
{
    /// <summary>Nobody, or the store itself.</summary>
    public static readonly Caller None = new("", 0);
}
