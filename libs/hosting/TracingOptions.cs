using System.CommandLine;
using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace Kube.Hosting;

/// <summary>The --tracing-otlp-endpoint flag: OpenTelemetry traces of the "Kube.*" activity sources, off unless given.</summary>
public sealed class TracingOptions
{
    private readonly Option<string?> _endpoint = new("--tracing-otlp-endpoint")
    {
        Description = "Send OpenTelemetry traces to this OTLP/gRPC endpoint, such as http://127.0.0.1:4317. Off by default.",
    };

    /// <summary>Adds the flag to a component's command.</summary>
    public TracingOptions(Command command) => command.Options.Add(_endpoint);

    /// <summary>Starts the exporter that the parsed flag asks for; null when it asks for none. Dispose it to flush.</summary>
    /// <exception cref="StartupException">The endpoint is not a URL.</exception>
    public IDisposable? Start(string component, ParseResult parsed)
    {
        if (parsed.GetValue(_endpoint) is not { } text)
        {
            return null;
        }

        if (!Uri.TryCreate(text, UriKind.Absolute, out var endpoint))
        {
            throw new StartupException($"--tracing-otlp-endpoint: {text} is not a URL");
        }

        return Sdk.CreateTracerProviderBuilder()
            .SetResourceBuilder(ResourceBuilder.CreateDefault().AddService(component))
            .AddSource("Kube.*")
            .AddOtlpExporter(otlp =>
            {
                otlp.Endpoint = endpoint;
                otlp.Protocol = OtlpExportProtocol.Grpc;
            })
            .Build();
    }
}
