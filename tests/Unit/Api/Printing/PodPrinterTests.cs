using System.Text.Json.Nodes;
using Kube.Api.Printing;

namespace Kube.Api.Tests.Printing;

public class PodPrinterTests
{
    private static readonly DateTimeOffset s_now = new(2026, 1, 2, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void ColumnsAreThoseOfKubectl() => Assert.Equal(
        "Name,Ready,Status,Restarts,Age,IP*,Node*,Nominated Node*,Readiness Gates*",
        string.Join(',', TablePrinter.Columns("", "Pod").Select(column => column.Name + (column.Priority == 1 ? "*" : ""))));

    [Theory]
    [InlineData("""{}""", "0/1", "", "0")]
    [InlineData("""{"phase":"Pending"}""", "0/1", "Pending", "0")]
    [InlineData("""{"phase":"Failed","reason":"Evicted"}""", "0/1", "Evicted", "0")]
    [InlineData("""{"phase":"Pending","conditions":[{"type":"PodScheduled","status":"False","reason":"SchedulingGated"}]}""", "0/1", "SchedulingGated", "0")]
    [InlineData("""{"phase":"Pending","containerStatuses":[{"name":"a","restartCount":0,"state":{"waiting":{"reason":"ContainerCreating"}}}]}""", "0/1", "ContainerCreating", "0")]
    [InlineData("""{"phase":"Running","containerStatuses":[{"name":"a","ready":true,"restartCount":0,"state":{"running":{}}}]}""", "1/1", "Running", "0")]
    [InlineData("""{"phase":"Running","containerStatuses":[{"name":"a","ready":false,"restartCount":0,"state":{"running":{}}}]}""", "0/1", "Running", "0")]
    [InlineData("""{"phase":"Succeeded","containerStatuses":[{"name":"a","restartCount":0,"state":{"terminated":{"exitCode":0,"reason":"Completed"}}}]}""", "0/1", "Completed", "0")]
    [InlineData("""{"phase":"Failed","containerStatuses":[{"name":"a","restartCount":0,"state":{"terminated":{"exitCode":3,"reason":"Error"}}}]}""", "0/1", "Error", "0")]
    [InlineData("""{"phase":"Failed","containerStatuses":[{"name":"a","restartCount":0,"state":{"terminated":{"exitCode":3}}}]}""", "0/1", "ExitCode:3", "0")]
    [InlineData("""{"phase":"Failed","containerStatuses":[{"name":"a","restartCount":0,"state":{"terminated":{"exitCode":137,"signal":9}}}]}""", "0/1", "Signal:9", "0")]
    [InlineData("""{"phase":"Running","containerStatuses":[{"name":"a","restartCount":4,"state":{"waiting":{"reason":"CrashLoopBackOff"}},"lastState":{"terminated":{"exitCode":1,"finishedAt":"2026-01-02T11:54:57Z"}}}]}""", "0/1", "CrashLoopBackOff", "4 (5m3s ago)")]
    [InlineData("""{"phase":"Running","containerStatuses":[{"name":"a","ready":true,"restartCount":1,"state":{"running":{}}}]}""", "1/1", "Running", "1")]
    public void StatusOfOneContainer(string status, string ready, string shown, string restarts) =>
        Check("""{"containers":[{"name":"a"}]}""", status, ready, shown, restarts);

    [Theory]
    [InlineData("""{"phase":"Pending","initContainerStatuses":[{"name":"i","restartCount":0,"state":{"waiting":{"reason":"PodInitializing"}}},{"name":"j","restartCount":0,"state":{"waiting":{"reason":"PodInitializing"}}}],"containerStatuses":[{"name":"a","restartCount":0,"state":{"waiting":{"reason":"PodInitializing"}}}]}""", "Init:0/2", "0")]
    [InlineData("""{"phase":"Pending","initContainerStatuses":[{"name":"i","restartCount":0,"state":{"terminated":{"exitCode":0}}},{"name":"j","restartCount":0,"state":{"running":{}}}]}""", "Init:1/2", "0")]
    [InlineData("""{"phase":"Pending","initContainerStatuses":[{"name":"i","restartCount":2,"state":{"waiting":{"reason":"CrashLoopBackOff"}},"lastState":{"terminated":{"exitCode":1,"finishedAt":"2026-01-02T11:59:30Z"}}}]}""", "Init:CrashLoopBackOff", "2 (30s ago)")]
    [InlineData("""{"phase":"Failed","initContainerStatuses":[{"name":"i","restartCount":0,"state":{"terminated":{"exitCode":1,"reason":"Error"}}}]}""", "Init:Error", "0")]
    [InlineData("""{"phase":"Failed","initContainerStatuses":[{"name":"i","restartCount":0,"state":{"terminated":{"exitCode":2}}}]}""", "Init:ExitCode:2", "0")]
    [InlineData("""{"phase":"Failed","initContainerStatuses":[{"name":"i","restartCount":0,"state":{"terminated":{"exitCode":2,"signal":15}}}]}""", "Init:Signal:15", "0")]
    [InlineData("""{"phase":"Running","initContainerStatuses":[{"name":"i","restartCount":3,"state":{"terminated":{"exitCode":0}}},{"name":"j","restartCount":0,"state":{"terminated":{"exitCode":0}}}],"containerStatuses":[{"name":"a","restartCount":0,"state":{"waiting":{"reason":"ImagePullBackOff"}}}]}""", "ImagePullBackOff", "0")]
    public void StatusWithInitContainers(string status, string shown, string restarts) =>
        Check("""{"initContainers":[{"name":"i"},{"name":"j"}],"containers":[{"name":"a"}]}""", status, "0/1", shown, restarts);

    [Fact]
    public void SidecarsCountAsContainers() => Check(
        """{"initContainers":[{"name":"side","restartPolicy":"Always"}],"containers":[{"name":"a"}]}""",
        """{"phase":"Running","initContainerStatuses":[{"name":"side","ready":true,"started":true,"restartCount":2,"state":{"running":{}}}],"containerStatuses":[{"name":"a","ready":true,"restartCount":1,"state":{"running":{}}}]}""",
        "2/2", "Running", "3");

    [Theory]
    [InlineData("True", "Running")]
    [InlineData("False", "NotReady")]
    public void OneFinishedContainerOfTwo(string podReady, string shown) => Check(
        """{"containers":[{"name":"a"},{"name":"b"}]}""",
        """{"phase":"Running","conditions":[{"type":"Ready","status":"POD"}],"containerStatuses":[{"name":"a","restartCount":0,"state":{"terminated":{"exitCode":0,"reason":"Completed"}}},{"name":"b","ready":true,"restartCount":0,"state":{"running":{}}}]}""".Replace("POD", podReady, StringComparison.Ordinal),
        "1/2", shown, "0");

    [Theory]
    [InlineData("""{"phase":"Running"}""", "Terminating")]
    [InlineData("""{"phase":"Running","reason":"NodeLost"}""", "Unknown")]
    [InlineData("""{"phase":"Succeeded","containerStatuses":[{"name":"a","state":{"terminated":{"exitCode":0,"reason":"Completed"}}}]}""", "Completed")]
    public void DeletedPods(string status, string shown)
    {
        var pod = Pod("""{"containers":[{"name":"a"}]}""", status);
        pod["metadata"]!["deletionTimestamp"] = "2026-01-02T11:59:59Z";
        Assert.Equal(shown, TablePrinter.Row("", "Pod", pod, s_now).Cells![2]!.GetValue<string>());
    }

    [Fact]
    public void WideCells()
    {
        var pod = Pod(
            """{"nodeName":"node-1","containers":[],"readinessGates":[{"conditionType":"x"},{"conditionType":"y"}]}""",
            """{"podIPs":[{"ip":"10.0.0.7"}],"nominatedNodeName":"node-2","conditions":[{"type":"x","status":"True"}]}""");
        var cells = TablePrinter.Row("", "Pod", pod, s_now).Cells!;
        Assert.Equal(["10.0.0.7", "node-1", "node-2", "1/2"], cells.Skip(5).Select(cell => cell!.GetValue<string>()));
    }

    [Theory]
    [InlineData("Succeeded", "The pod has completed successfully.")]
    [InlineData("Failed", "The pod failed.")]
    public void FinishedPodsSayCompleted(string phase, string message)
    {
        var row = TablePrinter.Row("", "Pod", Pod("{}", $$"""{"phase":"{{phase}}"}"""), s_now);
        var condition = Assert.Single(row.Conditions!);
        Assert.Equal(("Completed", "True", phase, message), (condition.Type, condition.Status, condition.Reason, condition.Message));
        Assert.Null(TablePrinter.Row("", "Pod", Pod("{}", """{"phase":"Running"}"""), s_now).Conditions);
    }

    private static void Check(string spec, string status, string ready, string shown, string restarts)
    {
        var cells = TablePrinter.Row("", "Pod", Pod(spec, status), s_now).Cells!.Select(cell => cell!.GetValue<string>()).ToList();
        Assert.Equal(["web", ready, shown, restarts, "8h"], cells.Take(5));
        Assert.Equal(["<none>", "<none>", "<none>", "<none>"], cells.Skip(5));
    }

    private static JsonObject Pod(string spec, string status) => JsonNode.Parse(
        $$"""{"metadata":{"name":"web","creationTimestamp":"2026-01-02T04:00:00Z"},"spec":{{spec}},"status":{{status}}}""")!.AsObject();
}
