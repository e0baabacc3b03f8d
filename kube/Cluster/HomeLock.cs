using System.Diagnostics;
using Kube.Hosting;

namespace Kube.Cluster;

/// <summary>Keeps two commands from changing the same home at once. Held until disposed, or until the process ends.</summary>
internal sealed class HomeLock : IDisposable
{
    /// <summary>How long a command waits for another one's turn to end.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private readonly FileStream _file;

    private HomeLock(FileStream file) => _file = file;

    /// <summary>Takes the lock.</summary>
    /// <exception cref="StartupException">Another command holds it.</exception>
    public static async Task<HomeLock> TakeAsync(ClusterHome home, CancellationToken cancellationToken)
    {
        var waited = Stopwatch.StartNew();
        while (true)
        {
            try
            {
                return new HomeLock(new FileStream(home.File("run/.lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None));
            }
            catch (IOException) when (waited.Elapsed < Patience)
            {
                // Two commands at once, such as two starts, take turns.
                await Task.Delay(TimeSpan.FromMilliseconds(50), cancellationToken).ConfigureAwait(false);
            }
            catch (IOException e)
            {
                throw new StartupException($"another command is at work on {home.Path}: try again when it is done", e);
            }
        }
    }

    public void Dispose() => _file.Dispose();
}
