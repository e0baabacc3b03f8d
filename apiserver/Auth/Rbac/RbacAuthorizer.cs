namespace Kube.ApiServer.Auth.Rbac;

/// <summary>Allows what roles and bindings allow; has no opinion on the rest. Thread-safe.</summary>
/// <param name="policy">The policy of this moment; called once a decision.</param>
public sealed class RbacAuthorizer(Func<RbacPolicy> policy) : IAuthorizer
{
    public ValueTask<AuthorizationResult> AuthorizeAsync(AuthorizationAttributes attributes, CancellationToken cancellationToken) =>
        ValueTask.FromResult(policy().Authorize(attributes));
}
