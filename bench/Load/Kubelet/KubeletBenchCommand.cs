using System.CommandLine;
using Kube.Load.Report;

namespace Kube.Load.Kubelet;

/// <summary>`kubelet`: many pods at once on one node.</summary>
internal static class KubeletBenchCommand
{
    public static Command Create()
    {
        var kube = new Option<string>("--kube") { Description = "The kube executable.", Required = true };
        var port = new Option<int>("--base-port") { Description = "The first of the cluster's ports.", DefaultValueFactory = _ => 18443 };
        var pods = new Option<int>("--pods") { Description = "Pods that are started at once.", DefaultValueFactory = _ => 250 };
        var runtime = new Option<string>("--runtime") { Description = "process or containerd.", DefaultValueFactory = _ => "process" };
        runtime.AcceptOnlyFromAmong("process", "containerd");
        var endpoint = new Option<string>("--container-runtime-endpoint")
        {
            Description = "Socket of containerd.",
            DefaultValueFactory = _ => "unix:///run/containerd/containerd.sock",
        };
        var image = new Option<string>("--image") { Description = "What the pods run, with a program sleep.", DefaultValueFactory = _ => "busybox" };
        var idle = new Option<int>("--idle-seconds") { Description = "How long the running pods are left alone.", DefaultValueFactory = _ => 30 };
        var limit = new Option<int>("--limit") { Description = "Seconds within which all must run, and be gone.", DefaultValueFactory = _ => 300 };
        var page = new Option<string?>("--write") { Description = "Page whose part the table replaces." };
        var command = new Command("kubelet", "Starts many pods at once on one node of a whole cluster: when they run, what an idle one costs, when they are gone.")
        {
            kube, port, pods, runtime, endpoint, image, idle, limit, page,
        };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var options = new KubeletBenchOptions(
                Path.GetFullPath(parsed.GetRequiredValue(kube)),
                parsed.GetValue(port),
                parsed.GetValue(pods),
                parsed.GetRequiredValue(runtime),
                parsed.GetRequiredValue(endpoint),
                parsed.GetRequiredValue(image),
                TimeSpan.FromSeconds(parsed.GetValue(idle)),
                TimeSpan.FromSeconds(parsed.GetValue(limit)));
            var report = new BenchReport(Console.Out);
            await using (var cluster = await KubeletCluster.StartAsync(options, cancellationToken))
            {
                await new KubeletBench(cluster, options, report).RunAsync(cancellationToken);
            }

            if (parsed.GetValue(page) is { } file)
            {
                MarkdownSection.Replace(file, "bench kubelet " + options.Runtime, report.Markdown);
            }

            return 0;
        });
        return command;
    }
}
