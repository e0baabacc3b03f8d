using System.CommandLine;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Console;

namespace Kube.Hosting;

/// <summary>
/// The logging flags that every component has: --log-format text|json, and -v/--v with Kubernetes' meaning
/// (0 to 3: information, 4 and 5: debug, 6 and more: trace). Logs go to standard error.
/// </summary>
public sealed class LoggingOptions
{
    private readonly Option<string> _format = new("--log-format", "--logging-format")
    {
        Description = "How log lines look: text or json.",
        DefaultValueFactory = _ => "text",
    };

    private readonly Option<int> _verbosity = new("--v", "-v")
    {
        Description = "Log verbosity: 0 information, 4 debug, 6 trace.",
        DefaultValueFactory = _ => 0,
    };

    /// <summary>Adds the flags to a component's command.</summary>
    public LoggingOptions(Command command)
    {
        _format.AcceptOnlyFromAmong("text", "json");
        command.Options.Add(_format);
        command.Options.Add(_verbosity);
    }

    /// <summary>The factory that the parsed flags ask for. The caller disposes it, which flushes the log.</summary>
    public ILoggerFactory Create(ParseResult parsed)
    {
        var verbosity = parsed.GetValue(_verbosity);
        var json = parsed.GetValue(_format) == "json";
        return LoggerFactory.Create(logging =>
        {
            logging.SetMinimumLevel(verbosity >= 6 ? LogLevel.Trace : verbosity >= 4 ? LogLevel.Debug : LogLevel.Information);
            logging.AddFilter("Microsoft", verbosity >= 6 ? LogLevel.Information : LogLevel.Warning);
            logging.Services.Configure<ConsoleLoggerOptions>(console => console.LogToStandardErrorThreshold = LogLevel.Trace);
            if (json)
            {
                logging.AddJsonConsole(format =>
                {
                    format.UseUtcTimestamp = true;
                    format.TimestampFormat = "yyyy-MM-ddTHH:mm:ss.ffffffZ";
                });
            }
            else
            {
                logging.AddSimpleConsole(format =>
                {
                    format.SingleLine = true;
                    format.UseUtcTimestamp = true;
                    format.ColorBehavior = LoggerColorBehavior.Disabled;
                    format.TimestampFormat = "yyyy-MM-ddTHH:mm:ss.ffffffZ ";
                });
            }
        });
    }
}
