using System.Diagnostics;
using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using Kube.Kubelet.Runtime.Containerd;

namespace Kube.Conformance.Tests.Cri;

/// <summary>
/// A containerd of its own for the tests: own root, state, socket and pod network, and a registry on loopback that has a
/// busybox image and the sandboxes' pause image. Needs root and the programs containerd, runc, docker-registry, umoci,
/// skopeo, a static busybox and the CNI plugins.
/// </summary>
public sealed class PrivateContainerd : IAsyncLifetime
{
    private const string PluginDirectory = "/usr/lib/cni";

    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(120);

    private readonly string _directory = Directory.CreateTempSubdirectory("kube-cri-").FullName;
    private readonly string _bridge = "kubetest" + Environment.ProcessId % 10000;
    private readonly List<Process> _processes = [];
    private int _registryPort;

    public string Socket => Path.Combine(_directory, "containerd.sock");

    /// <summary>An image with a shell and the usual programs.</summary>
    public string Image => $"127.0.0.1:{_registryPort}/busybox:1";

    /// <summary>An image of that name which the registry does not have.</summary>
    public string MissingImage => $"127.0.0.1:{_registryPort}/nothing:1";

    public async Task InitializeAsync()
    {
        foreach (string program in (string[])["containerd", "runc", "docker-registry", "umoci", "skopeo", "busybox"])
        {
            Assert.True(await SucceedsAsync("/bin/sh", "-c", "command -v " + program), $"the tests against containerd need {program} (apt-get install containerd runc docker-registry umoci skopeo busybox-static containernetworking-plugins)");
        }

        _registryPort = FreePort();
        await StartRegistryAsync();
        string script = Path.Combine(AppContext.BaseDirectory, "Cri", "busybox-image.sh");
        Assert.True(await SucceedsAsync("/bin/sh", script, _directory, $"127.0.0.1:{_registryPort}"), "the images are made");
        await WriteConfigurationAsync();
        await StartContainerdAsync();
    }

    /// <summary>Kills containerd, as a crash would, and starts it again. Containers go on meanwhile.</summary>
    public async Task RestartAsync()
    {
        Process containerd = _processes[^1];
        containerd.Kill(entireProcessTree: false);
        await containerd.WaitForExitAsync();
        containerd.Dispose();
        _processes.RemoveAt(_processes.Count - 1);
        await StartContainerdAsync();
    }

    public async Task DisposeAsync()
    {
        foreach (Process process in Enumerable.Reverse(_processes))
        {
            process.Kill(entireProcessTree: false);
            await process.WaitForExitAsync();
            process.Dispose();
        }

        await SucceedsAsync("/bin/sh", "-c", $"ip link del {_bridge}; for m in $(grep -o '{_directory}/[^ ]*' /proc/mounts | sort -r); do umount -l $m; done");
        Directory.Delete(_directory, recursive: true);
    }

    private async Task StartContainerdAsync()
    {
        Start("containerd", "--config", Path.Combine(_directory, "config.toml"));
        await UntilAsync(async () =>
        {
            await using ContainerdRuntime runtime = new(Socket, TimeProvider.System);
            return (await runtime.StatusAsync(false, default)).Status.Conditions.All(c => c.Status);
        });
    }

    private async Task StartRegistryAsync()
    {
        string configuration = Path.Combine(_directory, "registry.yml");
        await File.WriteAllTextAsync(configuration, $$$"""
            version: 0.1
            log: {level: error}
            storage: {filesystem: {rootdirectory: {{{_directory}}}/registry}}
            http: {addr: "127.0.0.1:{{{_registryPort}}}"}
            """);
        Start("docker-registry", "serve", configuration);
        using HttpClient http = new();
        await UntilAsync(async () => (await http.GetAsync($"http://127.0.0.1:{_registryPort}/v2/")).IsSuccessStatusCode);
    }

    /// <summary>The first three bytes of a network that no interface is in: the bridge of a run that was killed may still be there.</summary>
    private static string FreeSubnet()
    {
        var taken = NetworkInterface.GetAllNetworkInterfaces()
            .SelectMany(static one => one.GetIPProperties().UnicastAddresses.Select(static address => address.Address.ToString())).ToHashSet();
        return Enumerable.Range(Environment.ProcessId, 250).Select(static number => $"10.213.{number % 250}").First(subnet => !taken.Contains(subnet + ".1"));
    }

    private async Task WriteConfigurationAsync()
    {
        string network = Directory.CreateDirectory(Path.Combine(_directory, "net.d")).FullName;
        await File.WriteAllTextAsync(Path.Combine(network, "10-test.conflist"), $$$"""
            {"cniVersion": "0.4.0", "name": "{{{_bridge}}}", "plugins": [
              {"type": "bridge", "bridge": "{{{_bridge}}}", "isGateway": true, "hairpinMode": true,
               "ipam": {"type": "host-local", "dataDir": "{{{_directory}}}/ipam", "ranges": [[{"subnet": "{{{FreeSubnet()}}}.0/24"}]]}},
              {"type": "loopback"}]}
            """);
        await File.WriteAllTextAsync(Path.Combine(_directory, "config.toml"), $"""
            version = 2
            root = "{_directory}/root"
            state = "{_directory}/state"
            [grpc]
              address = "{Socket}"
            [plugins."io.containerd.grpc.v1.cri"]
              # Without CAP_SYS_RESOURCE, as in many sandboxed machines, a score cannot be lowered.
              restrict_oom_score_adj = true
              sandbox_image = "127.0.0.1:{_registryPort}/pause:1"
              [plugins."io.containerd.grpc.v1.cri".cni]
                bin_dir = "{PluginDirectory}"
                conf_dir = "{network}"
            [plugins."io.containerd.internal.v1.opt"]
              path = "{_directory}/opt"
            """);
    }

    private void Start(string program, params string[] arguments)
    {
        ProcessStartInfo start = new(program, arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = _directory,
        };
        Process process = Process.Start(start)!;
        process.OutputDataReceived += static (_, _) => { };
        process.ErrorDataReceived += static (_, _) => { };
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        _processes.Add(process);
    }

    private static async Task<bool> SucceedsAsync(string program, params string[] arguments)
    {
        using Process process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        string error = await process.StandardError.ReadToEndAsync();
        await output;
        await process.WaitForExitAsync();
        return process.ExitCode == 0;
    }

    private static int FreePort()
    {
        using TcpListener listener = new(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private static async Task UntilAsync(Func<Task<bool>> condition)
    {
        using CancellationTokenSource limit = new(StartLimit);
        using PeriodicTimer timer = new(TimeSpan.FromMilliseconds(50));
        while (true)
        {
            try
            {
                if (await condition())
                {
                    return;
                }
            }
            catch (Exception e) when (e is HttpRequestException or Grpc.Core.RpcException && !limit.IsCancellationRequested)
            {
                // It is not up yet.
            }

            await timer.WaitForNextTickAsync(limit.Token);
        }
    }
}
