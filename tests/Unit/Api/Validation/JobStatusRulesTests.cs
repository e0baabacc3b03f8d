using System.Text.Json.Nodes;

namespace Kube.Api.Tests.Validation;

/// <summary>What Kubernetes refuses in a job's status: a row a rule.</summary>
public sealed class JobStatusRulesTests
{
    private const string Started = "\"startTime\":\"2026-01-01T00:00:00Z\"";
    private const string Ended = "\"completionTime\":\"2026-01-01T00:00:01Z\"";
    private const string Done = "{\"type\":\"SuccessCriteriaMet\",\"status\":\"True\"},{\"type\":\"Complete\",\"status\":\"True\"}";
    private const string Failed = "{\"type\":\"FailureTarget\",\"status\":\"True\"},{\"type\":\"Failed\",\"status\":\"True\"}";

    [Theory]
    [InlineData("", "", "{}", "")]
    [InlineData("", "", "{\"active\":-1,\"ready\":1}", "status.active: Invalid value: -1: must be greater than or equal to 0\nstatus.ready: Invalid value: 1: cannot set more ready pods than active")]
    [InlineData("", "", "{START,END,\"conditions\":[DONE]}", "")]
    [InlineData("", "", "{END,\"conditions\":[]}", "status.completionTime: Invalid value: \"2026-01-01T00:00:01Z\": cannot set completionTime when there is no Complete=True condition")]
    [InlineData("", "", "{START,\"conditions\":[DONE]}", "status.completionTime: Required value: completionTime is required for Complete jobs")]
    [InlineData("", "", "{\"active\":1,\"terminating\":1,\"uncountedTerminatedPods\":{\"failed\":[\"a\",\"a\",\"\"]},\"conditions\":[FAILED]}", "status.uncountedTerminatedPods.failed[1]: Duplicate value: \"a\"\nstatus.uncountedTerminatedPods.failed[2]: Invalid value: \"\": must not be empty\nstatus.active: Invalid value: 1: active>0 is invalid for finished job\nstatus.startTime: Required value: startTime is required for finished job\nstatus.uncountedTerminatedPods: Invalid value: {\"failed\":[\"a\",\"a\",\"\"]}: uncountedTerminatedPods needs to be empty for finished job\nstatus.terminating: Invalid value: 1: terminating>0 is invalid for finished job")]
    [InlineData("", "", "{START,\"conditions\":[{\"type\":\"Failed\",\"status\":\"True\"}]}", "status.conditions: Invalid value: cannot set Failed=True condition without the FailureTarget=true condition")]
    [InlineData("", "", "{START,END,\"conditions\":[DONE,FAILED]}", "status.conditions: Invalid value: cannot set Complete=True and Failed=true conditions\nstatus.conditions: Invalid value: cannot set Complete=True and FailureTarget=true conditions\nstatus.conditions: Invalid value: cannot set SuccessCriteriaMet=True and Failed=true conditions\nstatus.conditions: Invalid value: cannot set SuccessCriteriaMet=True and FailureTarget=true conditions")]
    [InlineData("", "", "{\"completedIndexes\":\"0\",\"failedIndexes\":\"1\"}", "status.completedIndexes: Invalid value: \"0\": cannot set non-empty completedIndexes when non-indexed completion mode\nstatus.failedIndexes: Invalid value: \"1\": cannot set non-null failedIndexes when backoffLimitPerIndex is null")]
    [InlineData("completionMode: Indexed, completions: 5, backoffLimitPerIndex: 1", "", "{\"completedIndexes\":\"0-2\",\"failedIndexes\":\"2,9\"}", "status.failedIndexes: Invalid value: \"2,9\": error parsing failedIndexes: too large index: \"9\"\nstatus.failedIndexes: Invalid value: \"2,9\": failedIndexes and completedIndexes overlap at index: 2")]
    [InlineData("", "failed: 2, succeeded: 2", "{\"failed\":1,\"succeeded\":1}", "status.failed: Invalid value: 1: cannot decrease the failed counter\nstatus.succeeded: Invalid value: 1: cannot decrease the succeeded counter")]
    [InlineData("completionMode: Indexed, completions: 2, parallelism: 2", "succeeded: 2", "{\"succeeded\":1}", "")]
    [InlineData("", "startTime: '2026-01-01T00:00:00Z'", "{}", "status.startTime: Required value: startTime cannot be removed for unsuspended job")]
    [InlineData("suspend: true", "startTime: '2026-01-01T00:00:00Z'", "{}", "")]
    [InlineData("", "conditions: [{type: Failed, status: 'True'}]", "{}", "status.conditions: Invalid value: cannot disable the terminal Failed=True condition")]
    [InlineData("", "active: 1, conditions: [{type: Failed, status: 'True'}]", "{\"active\":1,\"conditions\":[{\"type\":\"Failed\",\"status\":\"True\"}],\"ready\":0}", "")]
    public void Statuses(string spec, string before, string after, string errors)
    {
        var old = $"{{apiVersion: batch/v1, kind: Job, metadata: {{name: j}}, spec: {{{spec}{(spec.Length > 0 ? ", " : "")}template: {{spec: {{restartPolicy: Never, containers: [{{name: c, image: i}}]}}}}}}, status: {{{before}}}}}";
        var status = after.Replace("START", Started, StringComparison.Ordinal).Replace("END", Ended, StringComparison.Ordinal)
            .Replace("DONE", Done, StringComparison.Ordinal).Replace("FAILED", Failed, StringComparison.Ordinal);
        Assert.Equal(errors, Cases.Update(old, job => job["status"] = JsonNode.Parse(status), "status"));
    }
}
