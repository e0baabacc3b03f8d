using System.Collections.Immutable;

namespace Kube.Hosting;

/// <summary>A named check: completes when healthy, throws or times out when not.</summary>
/// <param name="Name">The name that /readyz?verbose prints and /readyz/NAME asks for.</param>
/// <param name="Probe">Runs the check. Must honour the token; it is given at most <see cref="HealthChecks.TimeLimit"/>.</param>
public sealed record HealthCheck(string Name, Func<CancellationToken, ValueTask> Probe);

/// <summary>What a check found.</summary>
/// <param name="Name">Name of the check.</param>
/// <param name="Failure">Null when healthy, else why not; for the log, not for the caller of the endpoint.</param>
public readonly record struct HealthReport(string Name, string? Failure)
{
    /// <summary>True when the check passed.</summary>
    public bool Passed => Failure is null;
}

/// <summary>
/// The checks behind one endpoint (/livez or /readyz). Safe for use from many threads: checks are added while
/// a component starts and read by every probe.
/// </summary>
public sealed class HealthChecks
{
    /// <summary>The time that one check may take before it counts as failed.</summary>
    public static readonly TimeSpan TimeLimit = TimeSpan.FromSeconds(5);

    private ImmutableArray<HealthCheck> _checks = [new HealthCheck("ping", static _ => default)];

    /// <summary>The checks, in the order in which they run and are printed.</summary>
    public ImmutableArray<HealthCheck> All => _checks;

    /// <summary>Adds a check at the end.</summary>
    public HealthChecks Add(string name, Func<CancellationToken, ValueTask> probe)
    {
        ImmutableInterlocked.Update(ref _checks, static (all, check) => all.Add(check), new HealthCheck(name, probe));
        return this;
    }

    /// <summary>Adds a check of a condition; <paramref name="failure"/> says what is missing while it does not hold.</summary>
    public HealthChecks Add(string name, Func<bool> holds, string failure) => Add(name, _ =>
        holds() ? default : throw new HealthException(failure));

    /// <summary>Runs all checks but the excluded ones, side by side.</summary>
    public async Task<IReadOnlyList<HealthReport>> RunAsync(
        IReadOnlyCollection<string> excluded, TimeProvider time, CancellationToken cancellationToken)
    {
        var running = _checks.Where(check => !excluded.Contains(check.Name))
            .Select(check => RunAsync(check, time, cancellationToken)).ToArray();
        return await Task.WhenAll(running).ConfigureAwait(false);
    }

    private static async Task<HealthReport> RunAsync(HealthCheck check, TimeProvider time, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(TimeLimit, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            await check.Probe(either.Token).AsTask().WaitAsync(either.Token).ConfigureAwait(false);
            return new HealthReport(check.Name, null);
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested)
        {
            return new HealthReport(check.Name, $"no answer within {TimeLimit.TotalSeconds:0} s");
        }
        catch (Exception e) when (e is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
        {
            return new HealthReport(check.Name, e.Message);
        }
    }
}

/// <summary>A health check's finding that something is not as it should be.</summary>
public sealed class HealthException(string message) : Exception(message);
