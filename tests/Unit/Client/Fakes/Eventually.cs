using System.Diagnostics;

namespace Kube.Client.Tests.Fakes;

/// <summary>Waits for what other tasks bring about, with a bound.</summary>
public static class Eventually
{
    public static async Task HoldsAsync(Func<bool> condition, string what, int limitSeconds = 20)
    {
        var clock = Stopwatch.StartNew();
        while (!condition())
        {
            if (clock.Elapsed > TimeSpan.FromSeconds(limitSeconds))
            {
                throw new TimeoutException("never came: " + what);
            }

            await Task.Delay(2);
        }
    }
}
