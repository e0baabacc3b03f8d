using System.Collections.Concurrent;

namespace Kube.Controllers.Framework;

/// <summary>
/// What a controller has asked the server for but not yet seen in its informer, by the key of the managing object.
/// While something is expected the store is behind, and counting pods in it would make too many or delete too many.
/// Expectations lapse after five minutes: a lost event must not stop a controller for good. Safe for use by many
/// threads.
/// </summary>
public sealed class Expectations(TimeProvider time)
{
    private static readonly TimeSpan _lapseAfter = TimeSpan.FromMinutes(5);
    private readonly ConcurrentDictionary<ObjectKey, Expected> _expected = new();

    /// <summary>Nothing is expected any more, or has been for too long, or never was.</summary>
    public bool AreSatisfied(ObjectKey key)
    {
        if (!_expected.TryGetValue(key, out var expected))
        {
            return true;
        }

        lock (expected)
        {
            return (expected.Creations <= 0 && expected.Deletions.Count == 0) || time.GetElapsedTime(expected.Since) > _lapseAfter;
        }
    }

    /// <summary>Begins anew with this many creations; call before the first of them is sent.</summary>
    public void ExpectCreations(ObjectKey key, int count) =>
        _expected[key] = new Expected { Creations = count, Since = time.GetTimestamp() };

    /// <summary>Begins anew with these deletions, by uid; call before the first of them is sent.</summary>
    public void ExpectDeletions(ObjectKey key, IEnumerable<string> uids) =>
        _expected[key] = new Expected { Deletions = [.. uids], Since = time.GetTimestamp() };

    /// <summary>A creation was seen, or has failed and never will be.</summary>
    public void CreationObserved(ObjectKey key)
    {
        if (_expected.TryGetValue(key, out var expected))
        {
            lock (expected)
            {
                expected.Creations--;
            }
        }
    }

    /// <summary>A deletion was seen, or has failed and never will be. Counts once per uid.</summary>
    public void DeletionObserved(ObjectKey key, string uid)
    {
        if (_expected.TryGetValue(key, out var expected))
        {
            lock (expected)
            {
                expected.Deletions.Remove(uid);
            }
        }
    }

    /// <summary>The managing object is gone.</summary>
    public void Forget(ObjectKey key) => _expected.TryRemove(key, out _);

    private sealed class Expected
    {
        public int Creations { get; set; }

        public HashSet<string> Deletions { get; init; } = new(StringComparer.Ordinal);

        public long Since { get; init; }
    }
}
