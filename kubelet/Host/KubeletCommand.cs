using System.CommandLine;
using System.CommandLine.Parsing;
using System.Net;
using System.Security.Cryptography;
using Kube.Hosting;
using Kube.Hosting.Configuration;
using Kube.Kubelet.Host.Configuration;
using Microsoft.Extensions.Logging;

namespace Kube.Kubelet.Host;

/// <summary><c>kube kubelet</c>, with the kubelet's flags, and <c>kube kubelet cleanup</c>.</summary>
public static partial class KubeletCommand
{
    private const string Hollow = "hollow";

    public static Command Create()
    {
        var kubeconfig = new Option<string>("--kubeconfig") { Description = "Kubeconfig file to reach the API server with.", HelpName = "FILE" };
        var name = new Option<string>("--hostname-override") { Description = "Name of the node.", DefaultValueFactory = _ => Environment.MachineName.ToLowerInvariant() };
        var nodeIP = Address("--node-ip", "Address of the node.", IPAddress.Loopback);
        var address = Address("--address", "Address to serve on.", IPAddress.Any);
        var port = new Option<int>("--port") { Description = "Port to serve on.", DefaultValueFactory = _ => 10250 };
        var healthPort = new Option<int>("--healthz-port") { Description = "Port of a plain /healthz on loopback; 0 for none.", DefaultValueFactory = _ => 0 };
        var certificate = new Option<string>("--tls-cert-file") { Description = "Serving certificate (PEM).", HelpName = "FILE" };
        var key = new Option<string>("--tls-private-key-file") { Description = "Key of the serving certificate (PEM).", HelpName = "FILE" };
        var authority = new Option<string>("--client-ca-file") { Description = "CA of the client certificates that may call the kubelet.", HelpName = "FILE" };
        var maxPods = new Option<int>("--max-pods") { Description = "Most pods the node runs.", DefaultValueFactory = _ => 110 };
        var labels = new Option<string?>("--node-labels") { Description = "Labels to register the node with: key=value,key=value.", HelpName = "LABELS" };
        var taints = new Option<string?>("--register-with-taints") { Description = "Taints to register the node with: key=value:Effect,…", HelpName = "TAINTS" };
        var dns = new Option<string?>("--cluster-dns") { Description = "Addresses of the cluster's DNS, separated by commas.", HelpName = "ADDRESSES" };
        var domain = new Option<string>("--cluster-domain") { Description = "Domain of the cluster.", DefaultValueFactory = _ => "cluster.local" };
        var cgroupRoot = new Option<string>("--cgroup-root") { Description = "Parent of the pods' cgroups.", DefaultValueFactory = _ => "/" };
        var manifests = new Option<string?>("--pod-manifest-path") { Description = "Directory of manifests of pods to run without an API server, or one such file.", HelpName = "PATH" };
        var sysctls = new Option<string?>("--allowed-unsafe-sysctls") { Description = "Kernel parameters that pods may set beside the safe ones, separated by commas; a name may end in *.", HelpName = "NAMES" };
        var root = RootDirectory();
        var runtime = Runtime(Hollow);
        var endpoint = Endpoint();
        var command = new Command("kubelet", "Run the kubelet of a node.")
        {
            kubeconfig, name, nodeIP, address, port, healthPort, root, runtime, endpoint, certificate, key, authority, maxPods, labels, taints, dns, domain, cgroupRoot,
            manifests, sysctls,
        };
        var config = new Option<string?>("--config") { Description = "KubeletConfiguration file (kubelet.config.k8s.io/v1beta1); flags win over it.", HelpName = "FILE" };
        command.Options.Add(config);
        var node = new NodeFlags(command);
        var hollow = new HollowFlags(command);
        var logging = new LoggingOptions(command);
        var tracing = new TracingOptions(command);
        kubeconfig.Required = true;

        command.Subcommands.Add(Cleanup());
        command.SetAction(async (parsed, _) =>
        {
            var logs = logging.Create(parsed);
            using var traces = tracing.Start("kubelet", parsed);
            KubeletOptions Read()
            {
                var file = ReadConfiguration(parsed.GetValue(config), logs);
                T Chosen<T>(Option<T> option, T? inFile) => parsed.GetResult(option) is { Implicit: false } ? parsed.GetValue(option)! : inFile ?? parsed.GetValue(option)!;
                string Needed(Option<string> option, string? inFile, string field) =>
                    Chosen(option, inFile) ?? throw new StartupException($"{option.Name} is missing, and {field} in the file of --config");
                return new KubeletOptions
                {
                    KubeconfigFile = parsed.GetValue(kubeconfig)!,
                    NodeName = parsed.GetValue(name)!,
                    NodeAddress = parsed.GetValue(nodeIP)!,
                    Endpoint = new IPEndPoint(Chosen(address, file.Address), file.Port is { } p && parsed.GetResult(port) is not { Implicit: false } ? p : parsed.GetValue(port)),
                    HealthPort = file.HealthzPort is { } h && parsed.GetResult(healthPort) is not { Implicit: false } ? h : parsed.GetValue(healthPort),
                    RootDirectory = parsed.GetValue(root)!,
                    Runtime = parsed.GetValue(runtime)!,
                    RuntimeEndpoint = Chosen(endpoint, file.RuntimeEndpoint),
                    CertificateFile = Needed(certificate, file.CertificateFile, "tlsCertFile"),
                    PrivateKeyFile = Needed(key, file.PrivateKeyFile, "tlsPrivateKeyFile"),
                    ClientAuthorityFile = Needed(authority, file.ClientAuthorityFile, "authentication.x509.clientCAFile"),
                    MaxPods = file.MaxPods is { } m && parsed.GetResult(maxPods) is not { Implicit: false } ? m : parsed.GetValue(maxPods),
                    NodeLabels = ParseLabels(parsed.GetValue(labels)),
                    Taints = parsed.GetValue(taints) is { } t ? Split(t) : file.Taints ?? [],
                    ClusterDns = parsed.GetValue(dns) is { } d ? Split(d) : file.ClusterDns ?? [],
                    ClusterDomain = Chosen(domain, file.ClusterDomain),
                    CgroupRoot = Chosen(cgroupRoot, file.CgroupRoot),
                    PodManifestPath = parsed.GetValue(manifests) ?? file.StaticPodPath ?? "",
                    AllowedUnsafeSysctls = parsed.GetValue(sysctls) is { } s ? Split(s) : file.AllowedUnsafeSysctls ?? [],
                    Node = node.Apply(parsed, file.Node),
                    Seed = BitConverter.ToUInt64(RandomNumberGenerator.GetBytes(sizeof(ulong))),
                };
            }

            return await ComponentRunner.RunAsync(
                "kubelet",
                logs,
                async cancel => Read() is var options && options.Runtime == Hollow
                    ? await HollowHost.StartAsync(options, hollow.Read(parsed), logs, TimeProvider.System, cancel).ConfigureAwait(false)
                    : await KubeletHost.StartAsync(options, logs, TimeProvider.System, cancel).ConfigureAwait(false)).ConfigureAwait(false);
        });
        return command;
    }

    private static Command Cleanup()
    {
        var name = new Option<string>("--hostname-override") { Description = "Name of the node.", DefaultValueFactory = _ => Environment.MachineName.ToLowerInvariant() };
        var root = RootDirectory();
        var runtime = Runtime();
        var endpoint = Endpoint();
        var command = new Command("cleanup", "End and remove every pod that a stopped kubelet left running on this machine.") { name, root, runtime, endpoint };
        var logging = new LoggingOptions(command);
        command.SetAction(async (parsed, cancellation) =>
        {
            try
            {
                var options = new KubeletOptions
                {
                    KubeconfigFile = "",
                    CertificateFile = "",
                    PrivateKeyFile = "",
                    ClientAuthorityFile = "",
                    NodeName = parsed.GetValue(name)!,
                    RootDirectory = Path.GetFullPath(parsed.GetValue(root)!),
                    Runtime = parsed.GetValue(runtime)!,
                    RuntimeEndpoint = parsed.GetValue(endpoint)!,
                };
                var removed = await KubeletCleanup.RunAsync(options, logging.Create(parsed), TimeProvider.System, cancellation).ConfigureAwait(false);
                await Console.Out.WriteLineAsync($"{removed} pods removed").ConfigureAwait(false);
                return 0;
            }
            catch (StartupException e)
            {
                await Console.Error.WriteLineAsync("error: " + e.Message).ConfigureAwait(false);
                return 1;
            }
        });
        return command;
    }

    private static KubeletConfiguration ReadConfiguration(string? file, ILoggerFactory logs)
    {
        if (file is null)
        {
            return new KubeletConfiguration();
        }

        try
        {
            var configuration = KubeletConfiguration.Parse(File.ReadAllBytes(file));
            if (configuration.WithoutEffect.Count > 0)
            {
                LogWithoutEffect(logs.CreateLogger("Kube.Kubelet.Configuration"), file, string.Join(", ", configuration.WithoutEffect));
            }

            return configuration;
        }
        catch (Exception e) when (e is ConfigurationException or IOException or UnauthorizedAccessException)
        {
            throw new StartupException($"--config {file}: {e.Message}", e);
        }
    }

    [LoggerMessage(1, LogLevel.Warning, "{File} has fields that change nothing here: {Fields}")]
    private static partial void LogWithoutEffect(ILogger logger, string file, string fields);

    private static Option<string> RootDirectory() =>
        new("--root-dir") { Description = "Directory for state, volumes and logs.", DefaultValueFactory = _ => "/var/lib/kubelet", HelpName = "DIR" };

    private static Option<string> Runtime(params string[] more)
    {
        var option = new Option<string>("--runtime")
        {
            Description = "Container runtime: containerd, process, or auto for containerd where its socket answers."
                + (more.Length > 0 ? " hollow plays many nodes that run nothing." : ""),
            DefaultValueFactory = _ => "auto",
        };
        option.AcceptOnlyFromAmong(["auto", "containerd", "process", .. more]);
        return option;
    }

    private static Option<string> Endpoint() => new("--container-runtime-endpoint")
    {
        Description = "Socket of a CRI runtime (unix:///path), or process.",
        DefaultValueFactory = _ => "unix:///run/containerd/containerd.sock",
        HelpName = "ENDPOINT",
    };

    private static Option<IPAddress> Address(string name, string description, IPAddress standard) => new(name)
    {
        Description = description,
        DefaultValueFactory = _ => standard,
        CustomParser = Parse,
    };

    private static IPAddress? Parse(ArgumentResult result)
    {
        if (IPAddress.TryParse(result.Tokens[0].Value, out var address))
        {
            return address;
        }

        result.AddError($"{result.Tokens[0].Value} is not an IP address");
        return null;
    }

    private static string[] Split(string? list) => (list ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    private static Dictionary<string, string> ParseLabels(string? text) =>
        Split(text).Select(l => l.Split('=', 2)).ToDictionary(p => p[0], p => p.Length == 2 ? p[1] : "", StringComparer.Ordinal);
}
