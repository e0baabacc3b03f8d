using System.Diagnostics;
using System.Text;

namespace Kube.Testing;

/// <summary>What a program printed and how it ended.</summary>
/// <param name="Line">The command line, for messages.</param>
/// <param name="ExitCode">Its exit code.</param>
/// <param name="Output">Its standard output.</param>
/// <param name="Error">Its standard error.</param>
public sealed record CommandResult(string Line, int ExitCode, string Output, string Error)
{
    /// <summary>The standard output of a program that must succeed.</summary>
    /// <exception cref="InvalidOperationException">It ended with another exit code than 0.</exception>
    public string Succeeded() => ExitCode == 0
        ? Output
        : throw new InvalidOperationException($"{Line}: exit code {ExitCode}\n{Error}{Output}");
}

/// <summary>Runs a real program to its end, within a bound.</summary>
public static class Command
{
    private static readonly TimeSpan DefaultLimit = TimeSpan.FromSeconds(180);

    /// <summary>Runs the program.</summary>
    /// <param name="program">Name on PATH or path.</param>
    /// <param name="arguments">Its arguments, one each.</param>
    /// <param name="input">Written to its standard input, which is then closed.</param>
    /// <param name="environment">Variables added to this process's.</param>
    /// <param name="limit">The program is killed after this time, and the call fails. 180 s when null.</param>
    /// <exception cref="InvalidOperationException">The program is not installed.</exception>
    /// <exception cref="TimeoutException">It did not end within the bound.</exception>
    public static async Task<CommandResult> RunAsync(
        string program,
        IEnumerable<string> arguments,
        string? input = null,
        IReadOnlyDictionary<string, string>? environment = null,
        TimeSpan? limit = null)
    {
        using var process = Start(program, arguments, environment);
        var line = $"{Path.GetFileName(program)} {string.Join(' ', process.StartInfo.ArgumentList)}";
        var output = ReadAsync(process.StandardOutput);
        var error = ReadAsync(process.StandardError);
        if (input is not null)
        {
            await process.StandardInput.WriteAsync(input).ConfigureAwait(false);
        }

        process.StandardInput.Close();
        using var timeout = new CancellationTokenSource(limit ?? DefaultLimit);
        try
        {
            await process.WaitForExitAsync(timeout.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException($"{line}: no end within {(limit ?? DefaultLimit).TotalSeconds:0} s\n{await error}{await output}");
        }

        return new CommandResult(line, process.ExitCode, await output.ConfigureAwait(false), await error.ConfigureAwait(false));
    }

    /// <summary>Starts a program with redirected streams; the caller disposes it.</summary>
    /// <exception cref="InvalidOperationException">The program is not installed.</exception>
    public static Process Start(string program, IEnumerable<string> arguments, IReadOnlyDictionary<string, string>? environment = null)
    {
        var start = new ProcessStartInfo(program)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        foreach (var (name, value) in environment ?? new Dictionary<string, string>())
        {
            start.Environment[name] = value;
        }

        try
        {
            return Process.Start(start)!;
        }
        catch (System.ComponentModel.Win32Exception e)
        {
            throw new InvalidOperationException($"{program} is not installed ({e.Message}); .ci/run installs what the tests need", e);
        }
    }

    private static async Task<string> ReadAsync(StreamReader reader)
    {
        var text = new StringBuilder();
        var buffer = new char[8192];
        int read;
        while ((read = await reader.ReadAsync(buffer).ConfigureAwait(false)) > 0)
        {
            // A program that prints without end must not take the test's memory.
            if (text.Length < 8 << 20)
            {
                text.Append(buffer, 0, read);
            }
        }

        return text.ToString();
    }
}
