namespace Kube.Scheduler.Framework;

/// <summary>What a plugin says of a pod, or of a pod on a node.</summary>
public enum StatusCode
{
    /// <summary>Nothing against it.</summary>
    Success,

    /// <summary>The plugin failed; the pod is tried again after back-off.</summary>
    Error,

    /// <summary>Not now; removing other pods might help.</summary>
    Unschedulable,

    /// <summary>Not now, and removing other pods would not help.</summary>
    UnschedulableAndUnresolvable,

    /// <summary>The plugin has nothing to do for this pod: its later stages are left out of the cycle.</summary>
    Skip,
}

/// <summary>A plugin's verdict. Verdicts are compared and counted by their reasons, so these are constants where possible.</summary>
public sealed class Status
{
    private Status(StatusCode code, IReadOnlyList<string> reasons)
    {
        Code = code;
        Reasons = reasons;
    }

    public static Status Success { get; } = new(StatusCode.Success, []);

    public static Status Skip { get; } = new(StatusCode.Skip, []);

    public StatusCode Code { get; }

    /// <summary>Why not, in Kubernetes' words; more than one when several resources are short.</summary>
    public IReadOnlyList<string> Reasons { get; }

    /// <summary>The plugin that said so; set by the framework.</summary>
    public string Plugin { get; private init; } = string.Empty;

    public bool IsSuccess => Code == StatusCode.Success;

    public bool IsSkip => Code == StatusCode.Skip;

    /// <summary>True for both kinds of unschedulable.</summary>
    public bool IsRejected => Code is StatusCode.Unschedulable or StatusCode.UnschedulableAndUnresolvable;

    public static Status Unschedulable(params IReadOnlyList<string> reasons) => new(StatusCode.Unschedulable, reasons);

    public static Status Unresolvable(params IReadOnlyList<string> reasons) => new(StatusCode.UnschedulableAndUnresolvable, reasons);

    public static Status Error(string reason) => new(StatusCode.Error, [reason]);

    /// <summary>The same verdict with its plugin's name.</summary>
    public Status By(string plugin) => IsSuccess || IsSkip || Plugin == plugin ? this : new(Code, Reasons) { Plugin = plugin };

    public override string ToString() => Reasons.Count == 0 ? Code.ToString() : string.Join(", ", Reasons);
}
