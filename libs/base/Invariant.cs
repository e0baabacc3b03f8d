using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace Kube.Base;

/// <summary>
/// Assertions that stay on in Release. A process whose invariant does not hold must stop: it can no longer
/// tell what is true. Never for bad input, which gets an error.
/// </summary>
public static class Invariant
{
    /// <summary>Throws <see cref="InvariantException"/> unless <paramref name="condition"/> holds.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Check(
        [DoesNotReturnIf(false)] bool condition,
        [CallerArgumentExpression(nameof(condition))] string? expression = null)
    {
        if (!condition)
        {
            Fail(expression);
        }
    }

    /// <summary>Like <see cref="Check(bool, string?)"/>, with a message built only on failure.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Check(
        [DoesNotReturnIf(false)] bool condition,
        [InterpolatedStringHandlerArgument(nameof(condition))] ref InvariantMessage message)
    {
        if (!condition)
        {
            Fail(message.ToString());
        }
    }

    /// <summary>Stops: this line should never be reached.</summary>
    [DoesNotReturn]
    public static void Fail(string? message) => throw new InvariantException(message ?? "invariant violated");
}

/// <summary>An invariant did not hold. Not to be caught but by the host, which logs it and exits.</summary>
public sealed class InvariantException(string message) : Exception("invariant violated: " + message);

/// <summary>Interpolated message of an assertion; formats nothing while the assertion holds.</summary>
[InterpolatedStringHandler]
public ref struct InvariantMessage
{
    private DefaultInterpolatedStringHandler _inner;

    public InvariantMessage(int literalLength, int formattedCount, bool condition, out bool shouldAppend)
    {
        shouldAppend = !condition;
        if (shouldAppend)
        {
            _inner = new DefaultInterpolatedStringHandler(literalLength, formattedCount);
        }
    }

    public void AppendLiteral(string value) => _inner.AppendLiteral(value);

    public void AppendFormatted<T>(T value) => _inner.AppendFormatted(value);

    public override string ToString() => _inner.ToStringAndClear();
}
