using System.CommandLine;
using System.Net;
using System.Security.Cryptography;
using Kube.Hosting;

namespace Kube.Scheduler.Host;

/// <summary>`kube scheduler`, with kube-scheduler's flags.</summary>
public static class SchedulerCommand
{
    public static Command Create()
    {
        var kubeconfig = new Option<string?>("--kubeconfig") { Description = "Kubeconfig file to reach the API server with; needed unless the configuration names it.", HelpName = "FILE" };
        var config = new Option<string?>("--config") { Description = "KubeSchedulerConfiguration file (kubescheduler.config.k8s.io/v1).", HelpName = "FILE" };
        var address = new Option<IPAddress>("--bind-address")
        {
            Description = "Address to serve health and metrics on.",
            DefaultValueFactory = _ => IPAddress.Loopback,
            CustomParser = Parse,
        };
        var port = new Option<int>("--secure-port") { Description = "Port to serve health and metrics on; 0 serves none.", DefaultValueFactory = _ => 10259 };
        var certificate = new Option<string?>("--tls-cert-file") { Description = "Serving certificate (PEM).", HelpName = "FILE" };
        var key = new Option<string?>("--tls-private-key-file") { Description = "Key of the serving certificate (PEM).", HelpName = "FILE" };
        var authority = new Option<string?>("--client-ca-file") { Description = "CA of the client certificates that may read /metrics.", HelpName = "FILE" };
        var elect = new Option<bool>("--leader-elect") { Description = "Schedule only while holding the kube-scheduler lease.", DefaultValueFactory = _ => true };
        var command = new Command("scheduler", "Run the scheduler.") { config, kubeconfig, address, port, certificate, key, authority, elect };
        var logging = new LoggingOptions(command);
        var tracing = new TracingOptions(command);
        command.SetAction(async (parsed, _) =>
        {
            var logs = logging.Create(parsed);
            using var traces = tracing.Start("scheduler", parsed);
            var options = new SchedulerOptions
            {
                ConfigFile = parsed.GetValue(config),
                KubeconfigFile = parsed.GetValue(kubeconfig),
                SecureEndpoint = new IPEndPoint(parsed.GetValue(address)!, parsed.GetValue(port)),
                CertificateFile = parsed.GetValue(certificate),
                PrivateKeyFile = parsed.GetValue(key),
                ClientAuthorityFile = parsed.GetValue(authority),
                LeaderElect = parsed.GetResult(elect) is { Implicit: false } ? parsed.GetValue(elect) : null,
                Identity = $"{Environment.MachineName}_{Guid.NewGuid()}",
                Seed = BitConverter.ToUInt64(RandomNumberGenerator.GetBytes(sizeof(ulong))),
            };
            return await ComponentRunner.RunAsync(
                "scheduler",
                logs,
                async cancel => await SchedulerHost.StartAsync(options, logs, TimeProvider.System, cancel).ConfigureAwait(false)).ConfigureAwait(false);
        });
        return command;
    }

    private static IPAddress? Parse(System.CommandLine.Parsing.ArgumentResult result)
    {
        if (IPAddress.TryParse(result.Tokens[0].Value, out var address))
        {
            return address;
        }

        result.AddError($"{result.Tokens[0].Value} is not an IP address");
        return null;
    }
}
