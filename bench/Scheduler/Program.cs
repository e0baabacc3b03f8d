using System.CommandLine;
using Kube.SchedulerBench;

var only = new Option<string[]>("--workload") { Description = "Workloads to run, by name; all by default.", AllowMultipleArgumentsPerToken = true };
var scale = new Option<double>("--scale") { Description = "Share of the measured pods to run, from 0 to 1.", DefaultValueFactory = _ => 1 };
var limit = new Option<int>("--limit") { Description = "Seconds after which a workload ends with what it has done.", DefaultValueFactory = _ => 20 };
var kube = new Option<string?>("--kube") { Description = "The published program: goes end to end through its API server and three store members.", HelpName = "FILE" };
var port = new Option<int>("--base-port") { Description = "First of the ports for the cluster.", DefaultValueFactory = _ => 26443 };
var clusterScale = new Option<double>("--cluster-scale") { Description = "Share of the nodes and initial pods, end to end.", DefaultValueFactory = _ => 1 };
var write = new Option<string?>("--write") { Description = "Write the table into this page, between its markers.", HelpName = "FILE" };
var root = new RootCommand("Measures the scheduler on the workloads of kube-scheduler's own benchmark: decisions alone, with the API in memory, or end to end.")
{
    only, scale, limit, kube, port, clusterScale, write,
};
root.SetAction((parsed, cancellationToken) => new Report(new ReportOptions(
    parsed.GetValue(only) ?? [],
    parsed.GetValue(scale),
    TimeSpan.FromSeconds(parsed.GetValue(limit)),
    parsed.GetValue(kube),
    parsed.GetValue(port),
    parsed.GetValue(clusterScale),
    parsed.GetValue(write))).RunAsync(cancellationToken));
return await root.Parse(args).InvokeAsync();
