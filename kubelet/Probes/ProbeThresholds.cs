using Kube.Api.Core.V1;

namespace Kube.Kubelet.Probes;

/// <summary>Turns single answers of a probe into a settled one: so many successes or failures in a row.</summary>
internal sealed class ProbeThresholds(Probe probe)
{
    private const int DefaultFailures = 3;

    private bool? _last;
    private int _run;

    /// <summary>Takes an answer; gives what is settled by it, or null while the run is too short.</summary>
    public bool? Take(bool success)
    {
        _run = _last == success ? _run + 1 : 1;
        _last = success;
        int needed = success ? Math.Max(1, probe.SuccessThreshold) : probe.FailureThreshold > 0 ? probe.FailureThreshold : DefaultFailures;
        return _run >= needed ? success : null;
    }
}
