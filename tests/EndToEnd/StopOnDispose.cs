using System.Diagnostics;

namespace Kube.EndToEnd.Tests;

/// <summary>Ends a program that a test has started, however the test ends.</summary>
internal sealed class StopOnDispose(Process process) : IDisposable
{
    public void Dispose()
    {
        if (!process.HasExited)
        {
            process.Kill(entireProcessTree: true);
        }
    }
}
