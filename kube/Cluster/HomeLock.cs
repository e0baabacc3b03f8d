using Kube.Hosting;

namespace Kube.Cluster;

/// <summary>Keeps two commands from changing the same home at once. Held until disposed, or until the process ends.</summary>
internal sealed class HomeLock : IDisposable
{
    private readonly FileStream _file;

    private HomeLock(FileStream file) => _file = file;

    /// <summary>Takes the lock.</summary>
    /// <exception cref="StartupException">Another command holds it.</exception>
    public static HomeLock Take(ClusterHome home)
    {
        try
        {
            return new HomeLock(new FileStream(home.File("run/.lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None));
        }
        catch (IOException e)
        {
            throw new StartupException($"another command is at work on {home.Path} ({e.Message})", e);
        }
    }

    public void Dispose() => _file.Dispose();
}
