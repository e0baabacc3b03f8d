using System.Diagnostics;
using System.Globalization;
using System.Text;
using Kube.Testing;

namespace Kube.Conformance.Tests.Store;

/// <summary>An etcdctl watch that runs beside the test.</summary>
internal sealed class RunningWatch : IAsyncDisposable
{
    private readonly Process _process;
    private readonly StringBuilder _output = new();
    private readonly int _port;

    public RunningWatch(string endpoint, string command)
    {
        _port = new Uri(endpoint).Port;
        var arguments = command.Split(' ').Select(static argument => argument == "--prefix=" ? "" : argument).ToList();
        if (arguments.Contains(""))
        {
            arguments.Add("--prefix");
        }
        _process = Etcdctl.Start(endpoint, arguments);
        _process.OutputDataReceived += (_, line) => Append(line.Data);
        _process.ErrorDataReceived += (_, line) => Append(line.Data);
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    /// <summary>All it has printed.</summary>
    public string Output
    {
        get
        {
            lock (_output)
            {
                return _output.ToString();
            }
        }
    }

    /// <summary>
    /// Completes once the watch stands, or the program has ended: etcdctl says nothing of it, so this goes by the
    /// bytes its connection has carried, which the kernel counts.
    /// </summary>
    public Task ConnectedAsync() => Eventually.HoldsAsync(
        async () => _process.HasExited || await ReceivedBytesAsync() >= MinBytesOfCreatedWatch, "the watch stands");

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
        }
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    /// <summary>Settings, their acknowledgement, headers and the created response make more than this.</summary>
    private const int MinBytesOfCreatedWatch = 100;

    private async Task<int> ReceivedBytesAsync()
    {
        var sockets = (await Command.RunAsync("ss", ["-Htnip", "state", "established", "dport", "=", $":{_port}"])).Succeeded();
        var lines = sockets.Split('\n');
        for (var i = 0; i + 1 < lines.Length; i++)
        {
            if (lines[i].Contains($"pid={_process.Id},", StringComparison.Ordinal)
                && lines[i + 1].Split("bytes_received:") is [_, var rest, ..])
            {
                return int.Parse(rest.Split(' ')[0], CultureInfo.InvariantCulture);
            }
        }
        return 0;
    }

    private void Append(string? line)
    {
        if (line is not null)
        {
            lock (_output)
            {
                _output.AppendLine(line);
            }
        }
    }
}
