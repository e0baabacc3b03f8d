using System.Runtime.InteropServices;
using Kube.Api.Core.V1;

namespace Kube.Scheduler.Framework;

/// <summary>
/// What plugins read of a pod, and what is derived from it. Pods that every plugin treats alike, whatever the cluster looks like, have equal
/// shapes: those of one ReplicaSet do. It is worked out once for all of them. Immutable; safe for use from many threads.
/// </summary>
public sealed class PodShape : IEquatable<PodShape>
{
    /// <summary>Shapes kept for pods to come; when there are more, all are forgotten and found anew.</summary>
    private const int Remembered = 4096;

    private static readonly Lock Guard = new();
    private static readonly Dictionary<PodShape, PodShape> Known = new(Writing.Comparer);
    private static readonly Dictionary<PodShape, PodShape>.AlternateLookup<ReadOnlySpan<byte>> ByWriting = Known.GetAlternateLookup<ReadOnlySpan<byte>>();

    [ThreadStatic]
    private static ShapeWriter? writer;

    private readonly byte[] _writing;
    private readonly int _hash;

    private PodShape(Pod pod, ReadOnlySpan<byte> writing)
    {
        _writing = writing.ToArray();
        _hash = Writing.Hash(writing);
        var spec = pod.Spec ?? new PodSpec();
        Requests = PodResources.Requests(spec);
        ScoredRequests = PodResources.Requests(spec, assumeDefaults: true);
        HostPorts = HostPort.Of(spec);
        Affinity = PodAffinities.Of(pod);
    }

    /// <summary>What the pod asks for; filtering counts this.</summary>
    public Resources Requests { get; }

    /// <summary>What scoring assumes that the pod uses.</summary>
    public Resources ScoredRequests { get; }

    public IReadOnlyList<HostPort> HostPorts { get; }

    /// <summary>The pod's affinity and anti-affinity to other pods.</summary>
    public PodAffinities Affinity { get; }

    /// <summary>The pod's shape: the one of an equal pod before it, if that is still known.</summary>
    public static PodShape Of(Pod pod)
    {
        var written = writer ??= new ShapeWriter();
        written.Write(pod);
        lock (Guard)
        {
            if (ByWriting.TryGetValue(written.Written, out var known))
            {
                return known;
            }
        }

        var shape = new PodShape(pod, written.Written);
        lock (Guard)
        {
            if (Known.Count >= Remembered)
            {
                Known.Clear();
            }

            Known[shape] = shape;
        }

        return shape;
    }

    public bool Equals(PodShape? other) =>
        ReferenceEquals(this, other) || (other is not null && _hash == other._hash && _writing.AsSpan().SequenceEqual(other._writing));

    public override bool Equals(object? obj) => Equals(obj as PodShape);

    public override int GetHashCode() => _hash;

    /// <summary>Finds a shape by its writing, before there is a shape.</summary>
    private sealed class Writing : IEqualityComparer<PodShape>, IAlternateEqualityComparer<ReadOnlySpan<byte>, PodShape>
    {
        public static Writing Comparer { get; } = new();

        public static int Hash(ReadOnlySpan<byte> writing)
        {
            // Eight bytes at a time, each mixed in; a table lookup compares the bytes as well.
            var hash = (ulong)writing.Length;
            while (writing.Length >= sizeof(ulong))
            {
                hash = (hash ^ MemoryMarshal.Read<ulong>(writing)) * 0x9E3779B97F4A7C15;
                hash ^= hash >> 32;
                writing = writing[sizeof(ulong)..];
            }

            foreach (var last in writing)
            {
                hash = (hash ^ last) * 0x9E3779B97F4A7C15;
            }

            return (int)(hash ^ (hash >> 32));
        }

        public bool Equals(PodShape? x, PodShape? y) => x is null ? y is null : x.Equals(y);

        public int GetHashCode(PodShape obj) => obj._hash;

        public bool Equals(ReadOnlySpan<byte> alternate, PodShape other) => alternate.SequenceEqual(other._writing);

        public int GetHashCode(ReadOnlySpan<byte> alternate) => Hash(alternate);

        public PodShape Create(ReadOnlySpan<byte> alternate) => throw new InvalidOperationException("a shape is made from a pod");
    }
}
