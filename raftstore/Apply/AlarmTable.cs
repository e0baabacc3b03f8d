using Etcd.V3;

namespace Kube.RaftStore.Apply;

/// <summary>The alarms raised, by member and kind. The applying thread writes; any thread reads.</summary>
public sealed class AlarmTable
{
    private (ulong Member, AlarmType Type)[] _raised = [];

    /// <summary>The alarms raised, ordered by kind and member.</summary>
    public IReadOnlyList<(ulong Member, AlarmType Type)> Raised => Volatile.Read(ref _raised);

    /// <summary>True when some member has raised this alarm.</summary>
    public bool IsRaised(AlarmType type)
    {
        foreach (var alarm in Volatile.Read(ref _raised))
        {
            if (alarm.Type == type)
            {
                return true;
            }
        }
        return false;
    }

    /// <summary>Raises an alarm; raising it twice changes nothing.</summary>
    internal void Raise(ulong member, AlarmType type)
    {
        if (!_raised.Contains((member, type)))
        {
            Replace([.. _raised, (member, type)]);
        }
    }

    /// <summary>Takes an alarm back.</summary>
    /// <returns>False when it was not raised.</returns>
    internal bool Clear(ulong member, AlarmType type)
    {
        var left = _raised.Where(alarm => alarm != (member, type)).ToArray();
        var cleared = left.Length < _raised.Length;
        Volatile.Write(ref _raised, left);
        return cleared;
    }

    internal void Replace(IEnumerable<(ulong Member, AlarmType Type)> alarms)
        => Volatile.Write(ref _raised, [.. alarms.OrderBy(static a => a.Type).ThenBy(static a => a.Member)]);
}
