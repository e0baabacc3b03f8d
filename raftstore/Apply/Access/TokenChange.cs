namespace Kube.RaftStore.Apply.Access;

/// <summary>What happens to the tokens by which callers are known.</summary>
/// <param name="User">Whose; null for everybody's.</param>
/// <param name="Token">The token given to him; null when all his tokens are void from now on.</param>
public readonly record struct TokenChange(string? User, string? Token);
