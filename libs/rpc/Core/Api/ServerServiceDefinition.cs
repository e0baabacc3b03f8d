namespace Grpc.Core;

/// <summary>Methods bound to handlers, to be mapped without a service class. Immutable.</summary>
public class ServerServiceDefinition
{
    private readonly Action<ServiceBinderBase>[] _methods;

    private ServerServiceDefinition(Action<ServiceBinderBase>[] methods) => _methods = methods;

    /// <summary>Starts an empty definition.</summary>
    public static Builder CreateBuilder() => new();

    /// <summary>Gives every method to <paramref name="serviceBinder"/>.</summary>
    internal void BindService(ServiceBinderBase serviceBinder)
    {
        foreach (var method in _methods)
        {
            method(serviceBinder);
        }
    }

    /// <summary>Collects methods.</summary>
    public class Builder
    {
        private readonly HashSet<string> _names = [];
        private readonly List<Action<ServiceBinderBase>> _methods = [];

        /// <summary>Adds a unary method.</summary>
        /// <exception cref="ArgumentException">The name is taken.</exception>
        public Builder AddMethod<TRequest, TResponse>(
            Method<TRequest, TResponse> method, UnaryServerMethod<TRequest, TResponse> handler)
            where TRequest : class
            where TResponse : class =>
            Add(method, binder => binder.AddMethod(method, handler));

        /// <summary>Adds a method with many requests.</summary>
        /// <exception cref="ArgumentException">The name is taken.</exception>
        public Builder AddMethod<TRequest, TResponse>(
            Method<TRequest, TResponse> method, ClientStreamingServerMethod<TRequest, TResponse> handler)
            where TRequest : class
            where TResponse : class =>
            Add(method, binder => binder.AddMethod(method, handler));

        /// <summary>Adds a method with many responses.</summary>
        /// <exception cref="ArgumentException">The name is taken.</exception>
        public Builder AddMethod<TRequest, TResponse>(
            Method<TRequest, TResponse> method, ServerStreamingServerMethod<TRequest, TResponse> handler)
            where TRequest : class
            where TResponse : class =>
            Add(method, binder => binder.AddMethod(method, handler));

        /// <summary>Adds a method with many requests and many responses.</summary>
        /// <exception cref="ArgumentException">The name is taken.</exception>
        public Builder AddMethod<TRequest, TResponse>(
            Method<TRequest, TResponse> method, DuplexStreamingServerMethod<TRequest, TResponse> handler)
            where TRequest : class
            where TResponse : class =>
            Add(method, binder => binder.AddMethod(method, handler));

        /// <summary>The definition with the methods so far.</summary>
        public ServerServiceDefinition Build() => new([.. _methods]);

        private Builder Add(IMethod method, Action<ServiceBinderBase> bind)
        {
            if (!_names.Add(method.FullName))
            {
                throw new ArgumentException($"The method {method.FullName} is there already.", nameof(method));
            }

            _methods.Add(bind);
            return this;
        }
    }
}
