using System.Globalization;
using System.Threading.Channels;
using Kube.Api.Core.V1;
using Kube.Kubelet.PodWorkers;
using Microsoft.Extensions.Logging;

namespace Kube.Kubelet.Sources;

/// <summary>
/// Runs the pods whose manifests lie in a directory (or are one file), with or without an API server: looked at when something
/// changes there, and every 20 s. A manifest that changes is another pod; one that goes takes its pod along. A file that
/// cannot be read keeps the pod it had until the next regular look, for it may be half written.
/// </summary>
internal sealed partial class StaticPodSource(string path, string nodeName, PodWorkers.PodWorkers workers, TimeProvider time, ILogger logger)
{
    private const string FirstSeen = "kubernetes.io/config.seen";

    private static readonly TimeSpan Period = TimeSpan.FromSeconds(20);

    private readonly Channel<bool> _changes = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    /// <summary>The pod of each file.</summary>
    private Dictionary<string, Pod> _pods = new(StringComparer.Ordinal);

    /// <summary>Whether the manifests have been looked at once.</summary>
    public bool HasScanned { get; private set; }

    public async Task RunAsync(CancellationToken cancellation)
    {
        using FileSystemWatcher? watcher = Watch();
        try
        {
            while (true)
            {
                Scan(isRegular: true);
                using CancellationTokenSource period = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
                Task regular = Task.Delay(Period, time, period.Token);
                while (!regular.IsCompleted)
                {
                    Task changed = _changes.Reader.WaitToReadAsync(period.Token).AsTask();
                    await Task.WhenAny(regular, changed);
                    cancellation.ThrowIfCancellationRequested();
                    if (_changes.Reader.TryRead(out _))
                    {
                        Scan(isRegular: false);
                    }
                }

                await period.CancelAsync();
            }
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            // The kubelet ends; its pods go on.
        }
    }

    /// <summary>Reads every manifest and tells the workers what came, changed and went.</summary>
    internal void Scan(bool isRegular)
    {
        Dictionary<string, Pod> found = new(StringComparer.Ordinal);
        HashSet<(string?, string?)> names = [];
        foreach (string file in Files())
        {
            Pod? known = _pods.GetValueOrDefault(file);
            if ((TryRead(file) ?? (isRegular ? null : known)) is not { } pod)
            {
                continue;
            }

            if (!names.Add((pod.Metadata.Namespace, pod.Metadata.Name)))
            {
                LogDuplicate(logger, file, pod.Describe());
                continue;
            }

            found[file] = known?.Uid() == pod.Uid() ? known : Seen(pod);
        }

        HashSet<string> uids = [.. found.Values.Select(static p => p.Uid())];
        foreach (Pod gone in _pods.Values.Where(p => !uids.Contains(p.Uid())))
        {
            workers.Remove(gone);
        }

        _pods = found;
        foreach (Pod pod in found.Values)
        {
            workers.Update(pod);
        }

        HasScanned = true;
    }

    /// <summary>The path itself, or the files in it in their order; hidden ones are no manifests.</summary>
    private IEnumerable<string> Files()
    {
        if (File.Exists(path))
        {
            return [path];
        }

        return Directory.Exists(path)
            ? Directory.EnumerateFiles(path).Where(static f => !Path.GetFileName(f).StartsWith('.')).Order(StringComparer.Ordinal)
            : [];
    }

    private Pod? TryRead(string file)
    {
        try
        {
            return StaticPodManifest.Read(File.ReadAllBytes(file), file, nodeName);
        }
        catch (Exception e) when (e is InvalidDataException or IOException or UnauthorizedAccessException)
        {
            LogUnreadable(logger, file, e.Message);
            return null;
        }
    }

    private Pod Seen(Pod pod)
    {
        pod.Metadata.Annotations![FirstSeen] = time.GetUtcNow().ToString("yyyy-MM-dd'T'HH:mm:ss.fffffff'Z'", CultureInfo.InvariantCulture);
        return pod;
    }

    private FileSystemWatcher? Watch()
    {
        string directory = Directory.Exists(path) ? path : Path.GetDirectoryName(path) ?? "/";
        if (!Directory.Exists(directory))
        {
            return null;
        }

        FileSystemWatcher watcher = new(directory);
        watcher.Created += Changed;
        watcher.Changed += Changed;
        watcher.Deleted += Changed;
        watcher.Renamed += Changed;
        watcher.EnableRaisingEvents = true;
        return watcher;
    }

    private void Changed(object sender, FileSystemEventArgs change) => _changes.Writer.TryWrite(true);

    [LoggerMessage(1, LogLevel.Error, "static pod manifest {File} cannot be used: {Reason}")]
    private static partial void LogUnreadable(ILogger logger, string file, string reason);

    [LoggerMessage(2, LogLevel.Error, "static pod manifest {File} names a pod that another file names too: {Pod}")]
    private static partial void LogDuplicate(ILogger logger, string file, string pod);
}
