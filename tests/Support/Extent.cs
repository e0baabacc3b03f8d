using System.Reflection;
using Xunit.Sdk;

namespace Kube.Testing;

/// <summary>
/// How much of the suite runs. CI runs it in full (scripts/test --full); scripts/test alone leaves out what says again with another
/// version or another bug what the rest has said, so that it is over in the time of a coffee.
/// </summary>
public static class Extent
{
    /// <summary>Name of the trait that leaves a test out of short runs when its value is <see cref="Full"/>.</summary>
    public const string Trait = "Extent";

    /// <inheritdoc cref="Trait"/>
    public const string Full = "Full";

    /// <summary>True in a full run.</summary>
    public static bool IsFull { get; } = Environment.GetEnvironmentVariable("KUBE_TEST_EXTENT") == "full";
}

/// <summary>A row of a theory that only full runs take. A theory has at least one row of the plain kind beside it.</summary>
[AttributeUsage(AttributeTargets.Method, AllowMultiple = true)]
public sealed class FullInlineDataAttribute(params object[] data) : DataAttribute
{
    /// <inheritdoc/>
    public override IEnumerable<object[]> GetData(MethodInfo testMethod) => Extent.IsFull ? [data] : [];
}
