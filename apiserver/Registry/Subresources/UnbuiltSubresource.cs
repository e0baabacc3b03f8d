using Kube.Api.Schema;
using Kube.ApiServer.Auth;
using Kube.ApiServer.Requests;
using Microsoft.AspNetCore.Http;

namespace Kube.ApiServer.Registry.Subresources;

/// <summary>A subresource that Kubernetes has and this server does not serve yet: says so with 501.</summary>
internal sealed class UnbuiltSubresource(string name, string kind) : IConnectSubresource
{
    private static readonly string[] Served = ["create", "get"];

    public GroupVersionKind Kind { get; } = new("", "v1", kind);

    public IReadOnlyList<string> Verbs => Served;

    public Task ConnectAsync(HttpContext http, RequestInfo request, UserInfo user, ResourceStore store, CancellationToken cancellationToken) =>
        throw ApiErrors.NotBuilt(store.Definition.Info.Plural + "/" + name);
}
