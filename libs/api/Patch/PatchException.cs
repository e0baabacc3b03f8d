namespace Kube.Api.Patch;

/// <summary>Whose fault a failed patch is: what the API answers with.</summary>
public enum PatchFailure
{
    /// <summary>The patch is malformed: 400.</summary>
    BadRequest,

    /// <summary>The patch is well-formed but does not apply to this object: 422.</summary>
    Unprocessable,

    /// <summary>Server-side apply met fields that others own: 409.</summary>
    Conflict,

    /// <summary>The patch asks for more than is allowed: 413.</summary>
    TooLarge,

    /// <summary>Kubernetes answers these faults of a strategic merge patch with 500.</summary>
    Internal,
}

/// <summary>A patch that cannot be applied. The target is unchanged.</summary>
public sealed class PatchException(string message, PatchFailure failure) : Exception(message)
{
    public PatchFailure Failure { get; } = failure;
}
