namespace Kube.Client.Rest;

/// <summary>How objects of a type go over the wire.</summary>
/// <param name="Kind">The resource.</param>
/// <param name="Accept">Media types to ask for.</param>
/// <param name="AcceptList">Media types to ask for in a list.</param>
/// <param name="Read">Object from JSON. Throws JsonException for malformed input.</param>
/// <param name="Write">Object to JSON.</param>
internal sealed record ObjectFormat<T>(ResourceKind Kind, string Accept, string AcceptList, ReadObject<T> Read, Func<T, byte[]> Write);

internal delegate T ReadObject<out T>(ReadOnlySpan<byte> json);
