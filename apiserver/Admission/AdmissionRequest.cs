using System.Text.Json.Nodes;
using Kube.Api.Schema;
using Kube.ApiServer.Auth;

namespace Kube.ApiServer.Admission;

public enum AdmissionOperation
{
    Create,
    Update,
    Delete,
    Connect,
}

/// <summary>A write on its way into the store, as admission sees it. For one thread at a time.</summary>
public sealed class AdmissionRequest
{
    public required AdmissionOperation Operation { get; init; }

    /// <summary>Kind of <see cref="Object"/>: the subresource's own kind where it has one (Scale, Binding, Eviction).</summary>
    public required GroupVersionKind Kind { get; init; }

    public required string Group { get; init; }

    public required string Version { get; init; }

    public required string Resource { get; init; }

    /// <summary>Empty for the object itself.</summary>
    public string Subresource { get; init; } = "";

    /// <summary>Empty for an object without a namespace.</summary>
    public required string Namespace { get; init; }

    /// <summary>May be empty on create with generateName.</summary>
    public required string Name { get; init; }

    public required UserInfo User { get; init; }

    public required bool DryRun { get; init; }

    /// <summary>The new object, which mutating admission may change in place; null on delete.</summary>
    public JsonObject? Object { get; init; }

    /// <summary>The stored object on update and delete, not to be changed; null on create.</summary>
    public JsonObject? OldObject { get; init; }

    /// <summary>The request as the client sent it, where this is a form of it in another version; null for the request itself.</summary>
    public AdmissionRequest? AsItCame { get; init; }

    /// <summary>Create, update or delete options as the client gave them; null when it gave none.</summary>
    public JsonObject? Options { get; init; }

    /// <summary>Texts that the client gets as Warning headers.</summary>
    public IList<string> Warnings { get; init; } = [];

    /// <summary>Annotations that the audit event of the request gets.</summary>
    public IDictionary<string, string> AuditAnnotations { get; init; } = new Dictionary<string, string>();
}

/// <summary>May change objects before they are validated. Throws KubeStatusException to refuse. Thread-safe.</summary>
public interface IMutatingAdmission
{
    /// <summary>True when the plugin looks at requests of this operation on this resource.</summary>
    bool Handles(AdmissionRequest request);

    ValueTask AdmitAsync(AdmissionRequest request, CancellationToken cancellationToken);
}

/// <summary>Sees objects as they will be stored and may refuse with a KubeStatusException. Thread-safe.</summary>
public interface IValidatingAdmission
{
    /// <summary>True when the plugin looks at requests of this operation on this resource.</summary>
    bool Handles(AdmissionRequest request);

    ValueTask ValidateAsync(AdmissionRequest request, CancellationToken cancellationToken);
}

/// <summary>Mutating plugins in order, then, after defaulting and validation, validating ones in order. Thread-safe.</summary>
public sealed class AdmissionChain(IReadOnlyList<IMutatingAdmission> mutating, IReadOnlyList<IValidatingAdmission> validating)
{
    public static AdmissionChain Empty { get; } = new([], []);

    public async ValueTask MutateAsync(AdmissionRequest request, CancellationToken cancellationToken)
    {
        foreach (var plugin in mutating)
        {
            if (plugin.Handles(request))
            {
                await plugin.AdmitAsync(request, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    public async ValueTask ValidateAsync(AdmissionRequest request, CancellationToken cancellationToken)
    {
        foreach (var plugin in validating)
        {
            if (plugin.Handles(request))
            {
                await plugin.ValidateAsync(request, cancellationToken).ConfigureAwait(false);
            }
        }
    }
}
