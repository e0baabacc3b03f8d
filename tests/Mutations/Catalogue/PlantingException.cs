namespace Kube.RaftStore.Mutations.Catalogue;

/// <summary>A bug cannot be planted: its place in production code has changed.</summary>
public sealed class PlantingException(string message) : Exception(message);
