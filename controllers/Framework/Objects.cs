namespace Kube.Controllers.Framework;

/// <summary>Copies of shared objects.</summary>
public static class Objects
{
    /// <summary>A copy that shares nothing with the original, so that it may be changed.</summary>
    public static T Copy<T>(T value)
        where T : class =>
        KubeJson.Deserialize<T>(KubeJson.Serialize(value));

    /// <summary>True when both would be written as the same JSON.</summary>
    public static bool AreEqual<T>(T? left, T? right)
        where T : class =>
        ReferenceEquals(left, right) ||
        (left is not null && right is not null && KubeJson.Serialize(left).AsSpan().SequenceEqual(KubeJson.Serialize(right)));
}
