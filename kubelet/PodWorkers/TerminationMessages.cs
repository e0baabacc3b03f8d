using System.Text;
using Kube.Api.Core.V1;
using Cri = Kube.Proto.Cri.V1;

namespace Kube.Kubelet.PodWorkers;

/// <summary>What a container said at its end: the file it may write, or the tail of its log if the pod wants that.</summary>
internal static class TerminationMessages
{
    private const int MaxMessageBytes = 4096;
    private const int MaxLogBytes = 2048;
    private const int MaxLogLines = 80;

    /// <summary>The message, or null when there is none.</summary>
    public static string? Read(Container container, RuntimeContainer ended)
    {
        string? path = ended.Status.Annotations.TryGetValue(KubeletLabels.TerminationMessagePath, out string? at)
            ? ended.Status.Mounts.FirstOrDefault(m => m.ContainerPath == at)?.HostPath
            : null;
        string message = path is not null && File.Exists(path) ? ReadHead(path) : "";
        if (message.Length == 0
            && ended.Status.ExitCode != 0
            && ended.Status.Annotations.TryGetValue(KubeletLabels.TerminationMessagePolicy, out string? policy)
            && policy == "FallbackToLogsOnError"
            && File.Exists(ended.Status.LogPath))
        {
            message = ReadLogTail(ended.Status.LogPath);
        }

        return message.Length > 0 ? message : null;
    }

    private static string ReadHead(string path)
    {
        using FileStream file = new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        byte[] content = new byte[MaxMessageBytes];
        return Encoding.UTF8.GetString(content, 0, file.ReadAtLeast(content, content.Length, throwOnEndOfStream: false));
    }

    private static string ReadLogTail(string path)
    {
        using FileStream file = new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        // Each line carries some forty bytes before its content.
        const int TailBytes = MaxLogBytes + (MaxLogLines * 48);
        file.Seek(-Math.Min(TailBytes, file.Length), SeekOrigin.End);
        bool whole = file.Position == 0;
        using StreamReader reader = new(file, Encoding.UTF8);
        IEnumerable<string> lines = reader.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries).Skip(whole ? 0 : 1).TakeLast(MaxLogLines);
        StringBuilder tail = new();
        foreach (string line in lines)
        {
            string[] parts = line.Split(' ', 4);
            if (parts.Length == 4)
            {
                tail.Append(parts[3]).Append(parts[2].StartsWith('F') ? "\n" : "");
            }
        }

        return tail.Length <= MaxLogBytes ? tail.ToString() : tail.ToString(tail.Length - MaxLogBytes, MaxLogBytes);
    }
}
