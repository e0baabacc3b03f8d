using Kube.Api.Meta.V1;
using static Kube.Api.Printing.KindPrinter;

namespace Kube.Api.Printing;

/// <summary>
/// Pods: the one word STATUS gathers from phase, conditions and containers, and READY and RESTARTS over all containers.
/// </summary>
internal static class PodPrinter
{
    public static KindPrinter Printer { get; } = new(
        [
            NameColumn,
            Column("Ready", "string", "Containers that are ready, of all that should be."),
            Column("Status", "string", "What the pod as a whole is doing, or why it is not."),
            Column("Restarts", "string", "How often containers were restarted, and how long ago the last time was."),
            AgeColumn,
            Wide("IP", "The pod's address."),
            Wide("Node", "The node the pod is bound to."),
            Wide("Nominated Node", "The node where preemption makes room for the pod."),
            Wide("Readiness Gates", "Readiness gates that are passed, of all the pod names."),
        ],
        Cells)
    { Condition = Condition };

    private static object?[] Cells(JsonView pod, DateTimeOffset now)
    {
        var summary = Summary.Of(pod);
        var restarts = summary.LastRestart is { } last && summary.Restarts != 0
            ? $"{summary.Restarts} ({HumanDuration.Since(last, now)} ago)"
            : $"{summary.Restarts}";
        return
        [
            Name(pod),
            $"{summary.Ready}/{summary.Total}",
            Status(pod, summary),
            restarts,
            Age(pod, now),
            CellText.OrNone(pod["status"]["podIPs"].Items.FirstOrDefault()["ip"].Text),
            CellText.OrNone(pod["spec"]["nodeName"].Text),
            CellText.OrNone(pod["status"]["nominatedNodeName"].Text),
            ReadinessGates(pod),
        ];
    }

    private static string Status(JsonView pod, Summary summary)
    {
        if (!IsBeingDeleted(pod))
        {
            return summary.Reason;
        }

        if (pod["status"]["reason"].Text == "NodeLost")
        {
            return "Unknown";
        }

        return pod["status"]["phase"].Text is "Succeeded" or "Failed" ? summary.Reason : "Terminating";
    }

    private static TableRowCondition? Condition(JsonView pod) => pod["status"]["phase"].Text switch
    {
        "Succeeded" => Completed("Succeeded", "The pod has completed successfully."),
        "Failed" => Completed("Failed", "The pod failed."),
        _ => null,
    };

    private static TableRowCondition Completed(string reason, string message) =>
        new() { Type = "Completed", Status = "True", Reason = reason, Message = message };

    private static string ReadinessGates(JsonView pod)
    {
        var gates = pod["spec"]["readinessGates"].Items;
        var passed = gates.Count(gate => CellText.Holds(pod["status"]["conditions"], gate["conditionType"].Text));
        return gates.Count == 0 ? CellText.None : $"{passed}/{gates.Count}";
    }

    /// <summary>What the container statuses add up to.</summary>
    private sealed class Summary
    {
        public string Reason { get; private set; } = "";

        public int Total { get; private set; }

        public int Ready { get; private set; }

        public long Restarts { get; private set; }

        public DateTimeOffset? LastRestart { get; private set; }

        public static Summary Of(JsonView pod)
        {
            var status = pod["status"];
            var sidecars = pod["spec"]["initContainers"].Items.Where(container => container["restartPolicy"].Text == "Always")
                .Select(container => container["name"].Text).ToHashSet(StringComparer.Ordinal);
            var summary = new Summary { Reason = FirstReason(status), Total = pod["spec"]["containers"].Count + sidecars.Count };
            var initializing = summary.AddInitContainers(status["initContainerStatuses"].Items, sidecars, pod["spec"]["initContainers"].Count);
            if (!initializing || CellText.Holds(status["conditions"], "Initialized"))
            {
                summary.RestartsOf(status["initContainerStatuses"].Items.Where(container => sidecars.Contains(container["name"].Text)));
                summary.AddContainers(status);
            }

            return summary;
        }

        private static string FirstReason(JsonView status)
        {
            var gated = status["conditions"].Items.Any(condition => condition["type"].Text == "PodScheduled" && condition["reason"].Text == "SchedulingGated");
            return gated ? "SchedulingGated"
                : status["reason"].Text is { Length: > 0 } reason ? reason
                : status["phase"].Text;
        }

        /// <summary>Counts init containers up to the first that is not done; true when there is such a one.</summary>
        private bool AddInitContainers(IReadOnlyList<JsonView> statuses, HashSet<string> sidecars, int specified)
        {
            for (var index = 0; index < statuses.Count; index++)
            {
                var container = statuses[index];
                AddRestarts(container);
                var terminated = container["state"]["terminated"];
                if (terminated.Exists && terminated["exitCode"].Number == 0)
                {
                    continue;
                }

                if (sidecars.Contains(container["name"].Text) && container["started"].IsTrue)
                {
                    Ready += container["ready"].IsTrue ? 1 : 0;
                    continue;
                }

                var waiting = container["state"]["waiting"]["reason"].Text;
                Reason = terminated.Exists ? "Init:" + EndReason(terminated)
                    : waiting.Length > 0 && waiting != "PodInitializing" ? "Init:" + waiting
                    : $"Init:{index}/{specified}";
                return true;
            }

            return false;
        }

        private void AddContainers(JsonView status)
        {
            var running = false;

            // The first container's trouble is the one to show, so the last word is its.
            foreach (var container in status["containerStatuses"].Items.Reverse())
            {
                AddRestarts(container);
                var terminated = container["state"]["terminated"];
                if (container["state"]["waiting"]["reason"].Text is { Length: > 0 } waiting)
                {
                    Reason = waiting;
                }
                else if (terminated.Exists)
                {
                    Reason = EndReason(terminated);
                }
                else if (container["ready"].IsTrue && container["state"]["running"].Exists)
                {
                    running = true;
                    Ready++;
                }
            }

            if (Reason == "Completed" && running)
            {
                Reason = status["conditions"].Items.Any(condition => condition["type"].Text == "Ready" && condition["status"].Text == "True") ? "Running" : "NotReady";
            }
        }

        private void RestartsOf(IEnumerable<JsonView> containers)
        {
            Restarts = 0;
            LastRestart = null;
            foreach (var container in containers)
            {
                AddRestarts(container);
            }
        }

        private void AddRestarts(JsonView container)
        {
            Restarts += container["restartCount"].Number;
            if (container["lastState"]["terminated"]["finishedAt"].Time is { } ended && (LastRestart is null || ended > LastRestart))
            {
                LastRestart = ended;
            }
        }

        private static string EndReason(JsonView terminated) =>
            terminated["reason"].Text is { Length: > 0 } reason ? reason
            : terminated["signal"].Number != 0 ? $"Signal:{terminated["signal"].Number}"
            : $"ExitCode:{terminated["exitCode"].Number}";
    }
}
