using System.Diagnostics;

namespace Kube.Conformance.Tests.Rpc;

/// <summary>
/// A Python process with grpcio, the foreign implementation on the other side of the wire. Its scripts lie below the
/// test assembly. A machine without grpcio fails the test and says what to install.
/// </summary>
internal sealed class PythonProcess : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);

    private readonly Process _process;

    private PythonProcess(Process process, Task<string> errors)
    {
        _process = process;
        Errors = errors;
    }

    /// <summary>What the process writes to its standard error, once it has ended.</summary>
    public Task<string> Errors { get; }

    /// <summary>Runs a script to its end.</summary>
    /// <exception cref="InvalidOperationException">It failed or did not end in time; the message has its output.</exception>
    public static async Task RunAsync(string script, params string[] arguments)
    {
        await using var python = await StartAsync(script, arguments);
        var output = python._process.StandardOutput.ReadToEndAsync();
        using var patience = new CancellationTokenSource(Patience);
        try
        {
            await python._process.WaitForExitAsync(patience.Token);
        }
        catch (OperationCanceledException)
        {
            python._process.Kill(entireProcessTree: true);
            throw new InvalidOperationException(
                $"{script} {string.Join(' ', arguments)} did not end in {Patience.TotalSeconds} s: {await python.Errors}");
        }

        if (python._process.ExitCode != 0 || !(await output).Contains("ok"))
        {
            throw new InvalidOperationException(
                $"{script} {string.Join(' ', arguments)} ended with {python._process.ExitCode}:\n{await output}{await python.Errors}");
        }
    }

    /// <summary>Starts a script that serves until it is disposed; the result has the first line that it prints.</summary>
    public static async Task<(PythonProcess Process, string FirstLine)> ServeAsync(string script)
    {
        var python = await StartAsync(script);
        using var patience = new CancellationTokenSource(Patience);
        var line = await python._process.StandardOutput.ReadLineAsync(patience.Token);
        return line is null
            ? throw new InvalidOperationException($"{script} ended at once: {await python.Errors}")
            : (python, line);
    }

    /// <summary>Kills the process as a crash would.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.StandardInput.Close();
            using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(5));
            try
            {
                await _process.WaitForExitAsync(patience.Token);
            }
            catch (OperationCanceledException)
            {
                _process.Kill(entireProcessTree: true);
            }
        }

        _process.Dispose();
    }

    private static async Task<PythonProcess> StartAsync(string script, params string[] arguments)
    {
        await RequireGrpcAsync();
        var path = Path.Combine(AppContext.BaseDirectory, script);
        return Start([path, .. arguments]);
    }

    private static async Task RequireGrpcAsync()
    {
        const string missing = "needs python3-grpcio: apt-get install python3-grpcio";
        PythonProcess probe;
        try
        {
            probe = Start(["-c", "import grpc, google.protobuf"]);
        }
        catch (System.ComponentModel.Win32Exception e)
        {
            throw new InvalidOperationException($"{missing} ({e.Message})");
        }

        await using (probe)
        {
            using var patience = new CancellationTokenSource(Patience);
            await probe._process.WaitForExitAsync(patience.Token);
            if (probe._process.ExitCode != 0)
            {
                throw new InvalidOperationException($"{missing}\n{await probe.Errors}");
            }
        }
    }

    private static PythonProcess Start(string[] arguments)
    {
        // Distributions put their packages under the system's Python, which need not be the first one in the path.
        var start = new ProcessStartInfo(File.Exists("/usr/bin/python3") ? "/usr/bin/python3" : "python3", arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        var process = Process.Start(start)!;
        return new PythonProcess(process, process.StandardError.ReadToEndAsync());
    }
}
