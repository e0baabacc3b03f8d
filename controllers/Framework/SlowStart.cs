namespace Kube.Controllers.Framework;

/// <summary>
/// Many calls that are likely to fail all together if one fails: batches of 1, 2, 4, 8... and none after a batch with
/// a failure.
/// </summary>
public static class SlowStart
{
    /// <summary>Returns how many calls succeeded, and the first failure if there was one.</summary>
    public static async Task<(int Succeeded, Exception? Failure)> RunAsync(int count, Func<Task> call)
    {
        var succeeded = 0;
        var remaining = count;
        for (var batch = Math.Min(remaining, 1); batch > 0; batch = Math.Min(2 * batch, remaining))
        {
            var calls = Enumerable.Range(0, batch).Select(_ => TryAsync(call)).ToArray();
            var failures = await Task.WhenAll(calls).ConfigureAwait(false);
            succeeded += failures.Count(static failure => failure is null);
            if (Array.Find(failures, static failure => failure is not null) is { } first)
            {
                return (succeeded, first);
            }

            remaining -= batch;
        }

        return (succeeded, null);
    }

    private static async Task<Exception?> TryAsync(Func<Task> call)
    {
        try
        {
            await call().ConfigureAwait(false);
            return null;
        }
        catch (Exception e) when (e is not InvariantException)
        {
            return e; // handed to the caller of RunAsync
        }
    }
}
