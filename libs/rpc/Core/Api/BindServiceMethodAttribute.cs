namespace Grpc.Core;

/// <summary>Names the method that binds a generated service base to its methods.</summary>
[AttributeUsage(AttributeTargets.Class, Inherited = true)]
public class BindServiceMethodAttribute(Type bindType, string bindMethodName) : Attribute
{
    /// <summary>The generated class that holds the method.</summary>
    public Type BindType { get; } = bindType;

    /// <summary>Name of the static method that takes a <see cref="ServiceBinderBase"/> and the service.</summary>
    public string BindMethodName { get; } = bindMethodName;
}
