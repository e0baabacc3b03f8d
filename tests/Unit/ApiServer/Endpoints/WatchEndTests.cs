using Kube.ApiServer.Endpoints;
using Kube.ApiServer.Tests.Fakes;
using Kube.Testing;

namespace Kube.ApiServer.Tests.Endpoints;

public class WatchEndTests
{
    private static readonly TimeSpan Length = TimeSpan.FromMinutes(5);

    private readonly ManualTimeProvider _time = new();
    private readonly CancellationTokenSource _stopping = new();
    private readonly CancellationTokenSource _aborted = new();

    [Fact]
    public void What_is_being_written_when_the_time_has_passed_may_be_written_for_a_while_and_no_longer()
    {
        using var end = new WatchEnd(Length, _time, _stopping.Token, _aborted.Token);
        _time.Advance(Length - TimeSpan.FromSeconds(1));
        Assert.Equal((false, false), (end.Over.IsCancellationRequested, end.Cut.IsCancellationRequested));
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal((true, false), (end.Over.IsCancellationRequested, end.Cut.IsCancellationRequested));
        _time.Advance(WatchEnd.Patience - TimeSpan.FromSeconds(1));
        Assert.False(end.Cut.IsCancellationRequested);
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.True(end.Cut.IsCancellationRequested);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Everything_ends_at_once_with_the_client_or_the_server(bool server)
    {
        using var end = new WatchEnd(Length, _time, _stopping.Token, _aborted.Token);
        await (server ? _stopping : _aborted).CancelAsync();
        Assert.Equal((true, true), (end.Over.IsCancellationRequested, end.Cut.IsCancellationRequested));
    }
}
