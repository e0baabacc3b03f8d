namespace Kube.Testing;

/// <summary>Says which line of docs/conformance.md a test shows: its group and its name there.</summary>
[AttributeUsage(AttributeTargets.Method, AllowMultiple = true)]
public sealed class BehaviourAttribute(string group, string name) : Attribute
{
    public string Group { get; } = group;

    public string Name { get; } = name;
}
