namespace Kube.Controllers.GarbageCollection;

/// <summary>An object as the owner graph knows it.</summary>
/// <param name="ApiVersion">Group and version by which it is reached.</param>
/// <param name="Kind">Its kind.</param>
/// <param name="Namespace">Empty when it is cluster-wide.</param>
/// <param name="Name">Its name.</param>
/// <param name="Uid">Its uid.</param>
internal sealed record ObjectIdentity(string ApiVersion, string Kind, string Namespace, string Name, string Uid)
{
    public override string ToString() => $"{Kind}.{ApiVersion} {Namespace}/{Name} ({Uid})";
}
