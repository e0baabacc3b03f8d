namespace Kube.Client.Rest;

/// <summary>What happened to an object.</summary>
public enum WatchEventType
{
    Added,
    Modified,
    Deleted,

    /// <summary>Nothing happened up to the object's resource version; the object carries nothing else.</summary>
    Bookmark,
}

/// <summary>One event of a watch. A deleted object is given in its last state, with the version of its deletion.</summary>
public readonly record struct WatchEvent<T>(WatchEventType Type, T Object);
