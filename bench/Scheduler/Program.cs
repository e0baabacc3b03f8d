using System.CommandLine;
using Kube.SchedulerBench;

var only = new Option<string[]>("--workload") { Description = "Workloads to run, by name; all by default.", AllowMultipleArgumentsPerToken = true };
var scale = new Option<double>("--scale") { Description = "Share of the measured pods to run, from 0 to 1.", DefaultValueFactory = _ => 1 };
var limit = new Option<int>("--limit") { Description = "Seconds after which a workload ends with what it has done.", DefaultValueFactory = _ => 20 };
var root = new RootCommand("Measures scheduling decisions: the whole scheduler, with the API in memory, on the workloads of kube-scheduler's own benchmark.")
{
    only, scale, limit,
};
root.SetAction((parsed, cancellationToken) =>
    Report.RunAsync(parsed.GetValue(only) ?? [], parsed.GetValue(scale), TimeSpan.FromSeconds(parsed.GetValue(limit)), cancellationToken));
return await root.Parse(args).InvokeAsync();
