using System.Text.Json.Nodes;

namespace Kube.Controllers.Framework;

/// <summary>
/// Settles which objects an owner manages: those that carry its controller reference and match its selector; it adopts
/// those that match and have no manager, and lets go of those it manages that no longer match.
/// </summary>
public sealed class ControllerClaim<TOwner, T>
    where TOwner : class, IKubeObject
    where T : class, IKubeObject
{
    private readonly KubeClient _client;
    private readonly TOwner _owner;
    private readonly LabelSelector? _selector;
    private bool _mayAdopt;

    public ControllerClaim(KubeClient client, TOwner owner, LabelSelector? selector)
    {
        _client = client;
        _owner = owner;
        _selector = selector;
    }

    /// <summary>
    /// The managed objects among <paramref name="candidates"/>. Before the first adoption the owner is read anew, so
    /// that one being deleted adopts nothing. Throws when the server refuses a change for another reason than that the
    /// object has changed or gone.
    /// </summary>
    public async Task<List<T>> ClaimAsync(IEnumerable<T> candidates, Func<T, bool>? filter, CancellationToken cancellation)
    {
        var claimed = new List<T>();
        foreach (var candidate in candidates)
        {
            if (await IsClaimedAsync(candidate, filter, cancellation).ConfigureAwait(false))
            {
                claimed.Add(candidate);
            }
        }

        return claimed;
    }

    private async Task<bool> IsClaimedAsync(T candidate, Func<T, bool>? filter, CancellationToken cancellation)
    {
        var matches = LabelMatch.Matches(_selector, candidate.Metadata.Labels) && filter?.Invoke(candidate) != false;
        if (Owners.ControllerOf(candidate) is { } manager)
        {
            if (manager.Uid != _owner.Metadata.Uid)
            {
                return false;
            }

            if (matches)
            {
                return true;
            }

            if (_owner.Metadata.DeletionTimestamp is null)
            {
                await ReleaseAsync(candidate, cancellation).ConfigureAwait(false);
            }

            return false;
        }

        return matches && _owner.Metadata.DeletionTimestamp is null && candidate.Metadata.DeletionTimestamp is null &&
            await AdoptAsync(candidate, cancellation).ConfigureAwait(false);
    }

    private async Task<bool> AdoptAsync(T candidate, CancellationToken cancellation)
    {
        if (!_mayAdopt)
        {
            var fresh = await _client.For<TOwner>().FindAsync(_owner.Metadata.Namespace, _owner.Metadata.Name!, cancellation).ConfigureAwait(false);
            if (fresh is null || fresh.Metadata.Uid != _owner.Metadata.Uid || fresh.Metadata.DeletionTimestamp is not null)
            {
                return false;
            }

            _mayAdopt = true;
        }

        var reference = Owners.NewControllerReference(_owner);
        return await PatchOwnersAsync(
            candidate,
            new JsonObject
            {
                ["apiVersion"] = reference.ApiVersion,
                ["kind"] = reference.Kind,
                ["name"] = reference.Name,
                ["uid"] = reference.Uid,
                ["controller"] = true,
                ["blockOwnerDeletion"] = true,
            },
            cancellation).ConfigureAwait(false);
    }

    private Task ReleaseAsync(T candidate, CancellationToken cancellation) =>
        PatchOwnersAsync(candidate, new JsonObject { ["$patch"] = "delete", ["uid"] = _owner.Metadata.Uid }, cancellation);

    private async Task<bool> PatchOwnersAsync(T candidate, JsonObject reference, CancellationToken cancellation)
    {
        var patch = new JsonObject
        {
            ["metadata"] = new JsonObject { ["uid"] = candidate.Metadata.Uid, ["ownerReferences"] = new JsonArray(reference) },
        };
        try
        {
            await _client.For<T>().PatchAsync(candidate.Metadata.Namespace, candidate.Metadata.Name!, Patch.Strategic(patch), null, cancellation).ConfigureAwait(false);
            return true;
        }
        catch (KubeApiException e) when (e.IsNotFound || e.IsInvalid || e.IsConflict)
        {
            return false; // gone, another by now, or managed by another since: its informer will tell
        }
    }
}
