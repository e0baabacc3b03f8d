using System.Globalization;
using System.Text;
using Kube.Robustness.Checking;

namespace Kube.Robustness.Chaos.Report;

/// <summary>The report as a person reads it on a terminal.</summary>
internal static class TextReport
{
    public static string Of(RunResult result)
    {
        var (figures, check, options) = (result.Figures, result.Check, result.Options);
        var text = new StringBuilder();
        void Line(FormattableString line) => text.Append(line.ToString(CultureInfo.InvariantCulture)).Append('\n');

        Line($"");
        Line($"chaos on {result.Version}: {options.Members} members, seed {options.Seed}, {result.Length.TotalSeconds:F0} s, commit {options.Commit}");
        Line($"  clients        {result.Clients}");
        Line($"  operations     {figures.Completed} completed ({figures.Rate:F0}/s), {figures.Refused} refused, {figures.Unknown} without answer ({check.UnknownThatTookEffect} of them took effect)");
        Line($"  acknowledged   {figures.AcknowledgedWrites} writes; {Lost(check)} lost");
        Line($"  reads          {Count(check, Guarantee.RightAnswer)} wrong, {Count(check, Guarantee.RealTimeOrder)} stale");
        Line($"  watches        {check.Watches} opened, {check.EventsDelivered} events; {check.Violations.Count(violation => violation.Guarantee.ToString().StartsWith("Watch", StringComparison.Ordinal))} violations");
        Line($"  leases         {check.LeasesEnded} ended; {Count(check, Guarantee.LeaseNotEarly)} early");
        Line($"  state          {result.Equality}");
        Line($"  faults         {figures.FaultCounts.Sum(pair => pair.Count)}: {string.Join(", ", figures.FaultCounts.Select(pair => $"{pair.Kind} {pair.Count}"))}");
        Line($"  unavailable    longest {figures.LongestGapWithMajority.Length.TotalSeconds:F2} s with a majority up (at {figures.LongestGapWithMajority.From.TotalSeconds:F1} s), {figures.LongestGap.Length.TotalSeconds:F2} s in all (at {figures.LongestGap.From.TotalSeconds:F1} s)");
        if (figures.Failovers.Count > 0)
        {
            Line($"  fail-over      {figures.Failovers.Count} leaders killed; first new write acknowledged after {string.Join(", ", figures.Failovers.Select(failover => Ms(failover)))} ms (election time-out {options.ElectionTimeoutMs} ms)");
        }

        foreach (var latency in figures.Latencies)
        {
            Line($"  latency        {latency.Kind,-18} p50 {latency.P50Ms,6:F1}  p90 {latency.P90Ms,6:F1}  p99 {latency.P99Ms,7:F1}  max {latency.MaxMs,7:F0} ms  ({latency.Count})");
        }

        foreach (var member in result.Samples.GroupBy(sample => sample.Member))
        {
            Line($"  m{member.Key}             at most {member.Max(sample => sample.ResidentMb)} MB resident, {member.Max(sample => sample.Threads)} threads, {member.Max(sample => sample.Descriptors)} descriptors");
        }

        foreach (var obstacle in result.Obstacles)
        {
            Line($"  not done       {obstacle}");
        }

        foreach (var skipped in result.Faults.Where(fault => fault.Skipped is not null).GroupBy(fault => (fault.Kind, fault.Skipped)))
        {
            Line($"  left out       {skipped.Key.Kind} ({skipped.Count()}): {skipped.Key.Skipped}");
        }

        foreach (var exit in result.Exits)
        {
            Line($"  ended itself   {exit.Member} at {exit.At.TotalSeconds:F1} s with code {exit.ExitCode}: {exit.LastWords.ReplaceLineEndings(" | ")}");
        }

        foreach (var problem in result.Problems)
        {
            Line($"PROBLEM {problem}");
        }

        foreach (var violation in check.Violations)
        {
            Line($"VIOLATION {violation}");
        }

        if (check.ViolationCount > check.Violations.Count)
        {
            Line($"... and {check.ViolationCount - check.Violations.Count} violations more");
        }

        Line($"{(result.IsSound ? "SOUND" : "NOT SOUND")}{(result.IsInterrupted ? " (interrupted)" : "")}: {check.ViolationCount} violations, {result.Problems.Count} problems");
        return text.ToString();
    }

    /// <summary>Acknowledged writes that the store does not have: not in its history, or another write has their revision.</summary>
    public static int Lost(CheckReport check) => Count(check, Guarantee.NoLostWrite) + Count(check, Guarantee.NoWriteFromNowhere);

    private static int Count(CheckReport check, Guarantee guarantee) => check.Violations.Count(violation => violation.Guarantee == guarantee);

    private static string Ms(Failover failover) =>
        failover.Took.TotalMilliseconds.ToString("F0", CultureInfo.InvariantCulture) + (failover.IsAlone ? "" : "*");
}
