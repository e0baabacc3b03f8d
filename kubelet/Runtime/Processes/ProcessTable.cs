using System.Globalization;
using System.Text;

namespace Kube.Kubelet.Runtime.Processes;

/// <summary>Reads /proc: who is alive, whose descendant it is and which container it belongs to.</summary>
internal static class ProcessTable
{
    /// <summary>Environment variable that every process of a container inherits; it says which container.</summary>
    public const string Marker = "KUBE_CONTAINER_ID";

    /// <summary>One line of /proc: state is R, S, D, Z and so on.</summary>
    public readonly record struct Entry(int Pid, char State, int Parent, int Session, long UserTicks, long SystemTicks, long ResidentPages);

    /// <summary>The process, or null when there is none.</summary>
    public static Entry? Find(int pid)
    {
        string line;
        try
        {
            line = File.ReadAllText(string.Create(CultureInfo.InvariantCulture, $"/proc/{pid}/stat"));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // It ended between the listing and the reading, or while it was read (ESRCH).
            return null;
        }

        return Parse(pid, line);
    }

    internal static Entry? Parse(int pid, string line)
    {
        // The name stands in parentheses and may hold spaces and parentheses itself.
        int close = line.LastIndexOf(')');
        if (close < 0)
        {
            return null;
        }

        string[] fields = line[(close + 2)..].Split(' ');
        return fields.Length < 22
            ? null
            : new Entry(pid, fields[0][0], Int(fields[1]), Int(fields[3]), Long(fields[11]), Long(fields[12]), Long(fields[21]));
    }

    /// <summary>Whether the process lives (a zombie does not) and carries the marker of <paramref name="containerId"/>.</summary>
    public static bool BelongsTo(int pid, string containerId)
    {
        if (Find(pid) is not { State: not ('Z' or 'X') })
        {
            return false;
        }

        try
        {
            ReadOnlySpan<byte> environment = File.ReadAllBytes(string.Create(CultureInfo.InvariantCulture, $"/proc/{pid}/environ"));
            return environment.IndexOf(Encoding.ASCII.GetBytes($"{Marker}={containerId}\0")) >= 0;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    /// <summary>Every living process of the session that <paramref name="leader"/> leads or led.</summary>
    public static List<int> Session(int leader) =>
        [.. Alive().Values.Where(e => e.Pid == leader || e.Session == leader).Select(e => e.Pid)];

    /// <inheritdoc cref="ProcessSnapshot.Members"/>
    public static List<Entry> Members(string containerId, int supervisor, int root) => Snapshot().Members(containerId, supervisor, root);

    /// <summary>All living processes at this moment, to be asked about several containers.</summary>
    public static ProcessSnapshot Snapshot() => new(Alive());

    /// <summary>The containers whose marker the process carries.</summary>
    internal static IEnumerable<string> Marks(int pid)
    {
        byte[] environment;
        try
        {
            environment = File.ReadAllBytes(string.Create(CultureInfo.InvariantCulture, $"/proc/{pid}/environ"));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            yield break;
        }

        byte[] name = Encoding.ASCII.GetBytes(Marker + "=");
        for (int at = 0; environment.AsSpan(at).IndexOf(name) is >= 0 and var found;)
        {
            int start = at + found + name.Length;
            int length = environment.AsSpan(start).IndexOf((byte)0);
            if (length < 0)
            {
                yield break;
            }

            yield return Encoding.ASCII.GetString(environment, start, length);
            at = start + length;
        }
    }

    private static Dictionary<int, Entry> Alive()
    {
        Dictionary<int, Entry> all = [];
        foreach (string path in Directory.EnumerateDirectories("/proc"))
        {
            if (int.TryParse(Path.GetFileName(path), NumberStyles.None, CultureInfo.InvariantCulture, out int pid)
                && Find(pid) is { State: not ('Z' or 'X') } entry)
            {
                all[pid] = entry;
            }
        }

        return all;
    }

    private static int Int(string field) => int.TryParse(field, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int value) ? value : 0;

    private static long Long(string field) => long.TryParse(field, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long value) ? value : 0;
}
