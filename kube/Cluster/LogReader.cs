using Kube.Hosting;

namespace Kube.Cluster;

/// <summary>Prints a component's log, and goes on as it grows when asked to.</summary>
internal static class LogReader
{
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(200);

    /// <summary>Prints the last lines; with <paramref name="follow"/>, until cancelled.</summary>
    /// <param name="tail">How many lines to begin with; negative for all.</param>
    public static async Task PrintAsync(
        ClusterHome home, string component, int tail, bool follow, TextWriter output, CancellationToken cancellationToken)
    {
        var path = home.Log(component);
        if (!File.Exists(path))
        {
            throw new StartupException($"{component} has no log yet ({path})");
        }

        await using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        using var reader = new StreamReader(file);
        var last = new Queue<string>();
        while (await reader.ReadLineAsync(cancellationToken).ConfigureAwait(false) is { } line)
        {
            if (tail < 0)
            {
                await output.WriteLineAsync(line).ConfigureAwait(false);
                continue;
            }

            last.Enqueue(line);
            if (last.Count > tail)
            {
                last.Dequeue();
            }
        }

        foreach (var line in last)
        {
            await output.WriteLineAsync(line).ConfigureAwait(false);
        }

        while (follow)
        {
            await Task.Delay(PollInterval, cancellationToken).ConfigureAwait(false);
            var more = await reader.ReadToEndAsync(cancellationToken).ConfigureAwait(false);
            await output.WriteAsync(more).ConfigureAwait(false);
            await output.FlushAsync(cancellationToken).ConfigureAwait(false);
        }
    }
}
