namespace Kube.Kubelet.Runtime.Processes;

/// <summary>The processes of one moment. Reads each one's environment once, however many containers it is asked about. Thread-safe.</summary>
internal sealed class ProcessSnapshot(Dictionary<int, ProcessTable.Entry> processes)
{
    private readonly Lazy<ILookup<string, int>> _marked = new(() => processes.Keys
        .SelectMany(pid => ProcessTable.Marks(pid).Select(mark => (mark, pid)))
        .ToLookup(m => m.mark, m => m.pid, StringComparer.Ordinal));

    /// <summary>
    /// Every living process of a container but its supervisor: what carries the marker, what is in a session that
    /// <paramref name="root"/> leads, and all their descendants, so that neither a cleared environment nor a session
    /// of its own lets a process slip away while its parent lives.
    /// </summary>
    public List<ProcessTable.Entry> Members(string containerId, int supervisor, int root)
    {
        HashSet<int> members = [.. _marked.Value[containerId]];
        foreach (ProcessTable.Entry entry in processes.Values)
        {
            if (root > 0 && (entry.Pid == root || entry.Session == root))
            {
                members.Add(entry.Pid);
            }
        }

        for (bool grown = true; grown;)
        {
            grown = false;
            foreach (ProcessTable.Entry entry in processes.Values)
            {
                grown |= members.Contains(entry.Parent) && members.Add(entry.Pid);
            }
        }

        members.Remove(supervisor);
        members.Remove(Environment.ProcessId);
        return [.. members.Select(pid => processes[pid])];
    }
}
