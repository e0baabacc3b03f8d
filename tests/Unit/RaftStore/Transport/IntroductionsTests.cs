using Kube.RaftStore.Transport;

namespace Kube.RaftStore.Tests.Transport;

public class IntroductionsTests
{
    private readonly Introductions _introductions = new();

    [Fact]
    public void A_stranger_is_known_by_its_word_until_the_log_tells_of_it()
    {
        Assert.True(_introductions.TryNote(Peer(4, "d"), [Peer(1, "a")]));
        Assert.Equal("1:a 4:d", Complete(Peer(1, "a")));
        Assert.False(_introductions.TryNote(Peer(4, "d"), [Peer(1, "a")]));
        Assert.Equal("1:a 4:d,x", Complete(Peer(1, "a"), Peer(4, "d", "x")));
        // From here on the log alone counts.
        Assert.Equal("1:a", Complete(Peer(1, "a")));
    }

    [Fact]
    public void A_word_that_the_log_says_too_is_nothing_new()
    {
        Assert.False(_introductions.TryNote(Peer(2, "b", "c"), [Peer(2, "c", "d")]));
        Assert.Equal("2:c,d", Complete(Peer(2, "c", "d")));
    }

    [Fact]
    public void A_member_that_has_moved_is_looked_for_at_both_places_the_logs_first()
    {
        Assert.True(_introductions.TryNote(Peer(2, "new"), [Peer(2, "old")]));
        Assert.Equal("2:old,new", Complete(Peer(2, "old")));
        Assert.True(_introductions.TryNote(Peer(2, "newer"), [Peer(2, "old")]));
        Assert.Equal("2:old,newer", Complete(Peer(2, "old")));
    }

    [Fact]
    public void No_more_are_remembered_than_there_is_room_for()
    {
        for (ulong id = 1; id <= Introductions.Capacity + 2; id++)
        {
            _introductions.TryNote(Peer(id, "x"), []);
        }

        Assert.Equal(Introductions.Capacity, _introductions.Complete([]).Count);
        Assert.Equal(3UL, _introductions.Complete([])[0].Id);
    }

    [Fact]
    public void Those_removed_are_forgotten()
    {
        _introductions.TryNote(Peer(4, "d"), []);
        _introductions.TryNote(Peer(5, "e"), []);
        Assert.True(_introductions.Forget(id => id == 4));
        Assert.False(_introductions.Forget(id => id == 4));
        Assert.Equal("5:e", Complete());
    }

    private string Complete(params RaftPeer[] known) => string.Join(' ', _introductions.Complete(known)
        .Select(p => $"{p.Id}:{string.Join(',', p.Addresses.Select(a => a.Host))}"));

    private static RaftPeer Peer(ulong id, params string[] hosts) => new(id, [.. hosts.Select(h => new Uri($"https://{h}:2380"))]);
}
