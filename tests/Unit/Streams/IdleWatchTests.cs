using Kube.Testing;

namespace Kube.Streams.Tests;

public class IdleWatchTests
{
    [Fact]
    public void Signs_of_life_put_the_end_off()
    {
        ManualTimeProvider time = new();
        var ended = 0;
        using IdleWatch watch = new(TimeSpan.FromHours(4), time, () => ended++);
        for (var hour = 0; hour < 10; hour++)
        {
            time.Advance(TimeSpan.FromHours(1));
            watch.Touch();
        }

        Assert.Equal(0, ended);
        time.Advance(TimeSpan.FromHours(5));
        Assert.Equal(1, ended);
        time.Advance(TimeSpan.FromHours(50));
        Assert.Equal(1, ended);
    }
}
