namespace Kube.Cel.Evaluation;

/// <summary>
/// Bounds the work of expressions, in cel-go's units: one for a name, a field or a simple call, more for what grows with
/// its arguments. For one thread at a time; may serve several expressions in a row.
/// </summary>
public sealed class CostMeter(long limit)
{
    public long Limit => limit;

    public long Spent { get; private set; }

    public bool IsExceeded => Spent > limit;

    /// <exception cref="CostExceededException">More is spent than there was.</exception>
    internal void Charge(long cost)
    {
        Spent = cost > long.MaxValue - Spent ? long.MaxValue : Spent + cost;
        if (Spent > limit)
        {
            throw new CostExceededException();
        }
    }
}

/// <summary>Ends an expression that costs too much.</summary>
internal sealed class CostExceededException() : Exception("operation cancelled: actual cost limit exceeded");
