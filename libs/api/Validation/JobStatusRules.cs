using System.Text.Json.Nodes;
using Kube.Api.Serialization;

namespace Kube.Api.Validation;

/// <summary>
/// Rules of a job's status (Kubernetes' pkg/apis/batch/validation). Most hold only of what an update changes: since another
/// controller may be the job's (spec.managedBy), the transitions are checked, and what is stored already may break them.
/// </summary>
internal static class JobStatusRules
{
    private const string Conditions = "status.conditions";

    internal static void Check(ErrorList errors, JsonObject job, JsonObject old)
    {
        var change = new Change(job, old);
        CheckNumbers(errors, change.Status);
        CheckOutcome(errors, change);
        CheckFinished(errors, change);
        CheckIndexes(errors, change);
        CheckPods(errors, change);
        CheckSuccess(errors, change);
        CheckTransition(errors, change);
    }

    private static void CheckNumbers(ErrorList errors, JsonObject? status)
    {
        foreach (var field in (string[])["active", "succeeded", "failed", "ready", "terminating"])
        {
            errors.NonNegative("status." + field, status.Whole(field));
        }

        var seen = new HashSet<string>(StringComparer.Ordinal);
        var uncounted = status.Map("uncountedTerminatedPods");
        foreach (var (uid, path) in ((string[])["succeeded", "failed"]).SelectMany(list => uncounted.PlacedTexts(list, "status.uncountedTerminatedPods")))
        {
            if (uid.Length == 0)
            {
                errors.Add(FieldError.Invalid(path, "", "must not be empty"));
            }
            else if (!seen.Add(uid))
            {
                errors.Add(FieldError.Duplicate(path, uid));
            }
        }
    }

    private static void CheckOutcome(ErrorList errors, Change change)
    {
        var (isComplete, isFailed) = (change.Is("Complete"), change.Is("Failed"));
        Refuse(errors, isComplete && isFailed && change.Of("Complete", "Failed"), "cannot set Complete=True and Failed=true conditions");
        Refuse(errors, isComplete && change.Is("FailureTarget") && change.Of("Complete", "FailureTarget"), "cannot set Complete=True and FailureTarget=true conditions");
        var (ended, started) = (change.Status.Text("completionTime"), change.Status.Text("startTime"));
        if (change.Of("Complete") || change.OfFields("completionTime"))
        {
            if (ended is not null && !isComplete)
            {
                errors.Add(FieldError.Invalid("status.completionTime", ended, "cannot set completionTime when there is no Complete=True condition"));
            }

            if (ended is null && isComplete)
            {
                errors.Add(FieldError.Required("status.completionTime", "completionTime is required for Complete jobs"));
            }
        }

        if (change.OfFields("startTime", "completionTime") && IsBefore(ended, started))
        {
            errors.Add(FieldError.Invalid("status.completionTime", ended, "completionTime cannot be set before startTime"));
        }

        Refuse(errors, isFailed && !change.Is("FailureTarget") && change.Of("Failed"), "cannot set Failed=True condition without the FailureTarget=true condition");
        Refuse(errors, isComplete && !change.Is("SuccessCriteriaMet") && change.Of("Complete"), "cannot set Complete=True condition without the SuccessCriteriaMet=true condition");
    }

    private static void CheckFinished(ErrorList errors, Change change)
    {
        if (!change.IsFinished)
        {
            return;
        }

        if (change.Number("active") > 0 && (change.OfEnd || change.OfFields("active")))
        {
            errors.Add(FieldError.Invalid("status.active", change.Number("active"), "active>0 is invalid for finished job"));
        }

        if (!change.Status.Has("startTime") && (change.OfEnd || change.OfFields("startTime")))
        {
            errors.Add(FieldError.Required("status.startTime", "startTime is required for finished job"));
        }

        var uncounted = change.Status.Map("uncountedTerminatedPods");
        if ((uncounted.Texts("succeeded").Any() || uncounted.Texts("failed").Any()) && (change.OfEnd || change.OfFields("uncountedTerminatedPods")))
        {
            errors.Add(FieldError.Invalid("status.uncountedTerminatedPods", uncounted, "uncountedTerminatedPods needs to be empty for finished job"));
        }
    }

    private static void CheckIndexes(ErrorList errors, Change change)
    {
        var (completions, hasLimit) = (change.Spec.Whole("completions"), change.Spec.Has("backoffLimitPerIndex"));
        var (completed, failed) = (change.Status.Text("completedIndexes") ?? "", change.Status.Text("failedIndexes"));
        var (ofCompleted, ofFailed) = (change.OfFields("completedIndexes"), change.OfFields("failedIndexes"));
        if (ofCompleted && completions is { } all && JobIndexes.FaultOf(completed, all, out _) is { } fault)
        {
            errors.Add(FieldError.Invalid("status.completedIndexes", completed, "error parsing completedIndexes: " + fault));
        }

        if (ofFailed && completions is { } most && hasLimit && failed is not null && JobIndexes.FaultOf(failed, most, out _) is { } failedFault)
        {
            errors.Add(FieldError.Invalid("status.failedIndexes", failed, "error parsing failedIndexes: " + failedFault));
        }

        if (ofCompleted && completed.Length > 0 && !change.IsIndexed)
        {
            errors.Add(FieldError.Invalid("status.completedIndexes", completed, "cannot set non-empty completedIndexes when non-indexed completion mode"));
        }

        if (ofFailed && failed is not null && !hasLimit)
        {
            errors.Add(FieldError.Invalid("status.failedIndexes", failed, "cannot set non-null failedIndexes when backoffLimitPerIndex is null"));
        }

        if ((ofCompleted || ofFailed) && completions is { } count && failed is not null && JobIndexes.CommonOf(completed, failed, count) is { } common)
        {
            errors.Add(FieldError.Invalid("status.failedIndexes", failed, $"failedIndexes and completedIndexes overlap at index: {common}"));
        }
    }

    private static void CheckPods(ErrorList errors, Change change)
    {
        if (change.Number("terminating") > 0 && change.IsFinished && (change.OfEnd || change.OfFields("terminating")))
        {
            errors.Add(FieldError.Invalid("status.terminating", change.Number("terminating"), "terminating>0 is invalid for finished job"));
        }

        if (change.Number("ready") > change.Number("active") && change.OfFields("ready", "active"))
        {
            errors.Add(FieldError.Invalid("status.ready", change.Number("ready"), "cannot set more ready pods than active"));
        }
    }

    private static void CheckSuccess(ErrorList errors, Change change)
    {
        var isMet = change.Is("SuccessCriteriaMet");
        Refuse(errors, isMet && change.Is("Failed"), "cannot set SuccessCriteriaMet=True and Failed=true conditions");
        Refuse(errors, isMet && change.Is("FailureTarget"), "cannot set SuccessCriteriaMet=True and FailureTarget=true conditions");
        Refuse(
            errors, change.Spec.Has("successPolicy") && !isMet && change.Is("Complete"),
            "cannot set Complete=True for Job with SuccessPolicy unless SuccessCriteriaMet=True");
    }

    private static void CheckTransition(ErrorList errors, Change change)
    {
        foreach (var type in (string[])["Failed", "Complete", "FailureTarget"])
        {
            Refuse(errors, change.Was(type) && !change.Is(type), $"cannot disable the terminal {type}=True condition");
        }

        // A job of which each index is a pod may be scaled down, and then has fewer that succeeded.
        var maySucceedLess = change.IsIndexed && change.Spec.Whole("completions") == change.Spec.Whole("parallelism");
        foreach (var field in maySucceedLess ? (string[])["failed"] : ["failed", "succeeded"])
        {
            if (change.Number(field) < (change.Old.Whole(field) ?? 0))
            {
                errors.Add(FieldError.Invalid("status." + field, change.Number(field), $"cannot decrease the {field} counter"));
            }
        }

        if (change.Status.Has("completionTime") && change.Old.Has("completionTime") && change.OfFields("completionTime"))
        {
            errors.Add(FieldError.Invalid("status.completionTime", change.Status.Text("completionTime"), "completionTime cannot be mutated"));
        }

        if (change.Old.Has("startTime") && change.OfFields("startTime") && change.Spec.Flag("suspend") != true)
        {
            errors.Add(FieldError.Required("status.startTime", "startTime cannot be removed for unsuspended job"));
        }

        var (wasMet, isMet) = (change.Was("SuccessCriteriaMet"), change.Is("SuccessCriteriaMet"));
        Refuse(errors, wasMet && !isMet, "cannot disable the SuccessCriteriaMet=True condition");
        Refuse(errors, change.Was("Complete") && !wasMet && isMet, "cannot set SuccessCriteriaMet=True for Job already has Complete=true conditions");
    }

    private static bool IsBefore(string? one, string? other) =>
        one is not null && other is not null && GoTime.TryParse(one, out var first) && GoTime.TryParse(other, out var second) && first < second;

    private static void Refuse(ErrorList errors, bool isWrong, string why)
    {
        if (isWrong)
        {
            errors.Add(FieldError.InvalidUnshown(Conditions, why));
        }
    }

    /// <summary>A job's status as it shall be and as it was.</summary>
    private sealed class Change(JsonObject job, JsonObject old)
    {
        public JsonObject? Spec { get; } = job.Map("spec");

        public JsonObject? Status { get; } = job.Map("status");

        public JsonObject? Old { get; } = old.Map("status");

        public bool IsIndexed => Spec.Text("completionMode") == "Indexed";

        public bool IsFinished => Is("Complete") || Is("Failed");

        /// <summary>The job has finished, or is no longer finished.</summary>
        public bool OfEnd => IsFinished != (Was("Complete") || Was("Failed"));

        public bool Is(string condition) => IsTrue(Status, condition);

        public bool Was(string condition) => IsTrue(Old, condition);

        /// <summary>One of the conditions is true and was not, or the reverse.</summary>
        public bool Of(params ReadOnlySpan<string> conditions)
        {
            foreach (var condition in conditions)
            {
                if (Is(condition) != Was(condition))
                {
                    return true;
                }
            }

            return false;
        }

        /// <summary>One of the fields has another value.</summary>
        public bool OfFields(params ReadOnlySpan<string> fields)
        {
            foreach (var field in fields)
            {
                if (!JsonNode.DeepEquals(Status?[field], Old?[field]))
                {
                    return true;
                }
            }

            return false;
        }

        public long Number(string field) => Status.Whole(field) ?? 0;

        private static bool IsTrue(JsonObject? status, string condition) =>
            status.Items("conditions").Any(found => found.Text("type") == condition && found.Text("status") == "True");
    }
}
