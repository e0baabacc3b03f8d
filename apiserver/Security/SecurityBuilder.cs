using Kube.ApiServer.Admission;
using Kube.ApiServer.Auth;
using Kube.ApiServer.Auth.Rbac;
using Kube.ApiServer.Auth.Tokens;
using Kube.ApiServer.Registry;
using Kube.ApiServer.Security.Admission;
using Kube.ApiServer.Security.Reviews;
using Microsoft.AspNetCore.Http;

namespace Kube.ApiServer.Security;

/// <summary>What security is made of.</summary>
public sealed record SecurityOptions
{
    /// <summary>Node, RBAC, AlwaysAllow, in the order in which they are asked.</summary>
    public required IReadOnlyList<string> AuthorizationModes { get; init; }

    /// <summary>Signs and verifies service account tokens; null when none are taken.</summary>
    public ServiceAccountTokens? Tokens { get; init; }

    /// <summary>Where the tokens' public keys are published; null for this server itself.</summary>
    public string? KeysUri { get; init; }

    /// <summary>Makes token ids and volume names.</summary>
    public required IdentifierSource Identifiers { get; init; }
}

/// <summary>Puts the parts of security together.</summary>
public sealed class SecurityBuilder(SecurityOptions options, TimeProvider time)
{
    /// <summary>The names that --authorization-mode takes.</summary>
    public static readonly IReadOnlyList<string> Modes = ["AlwaysAllow", "Node", "RBAC"];

    /// <summary>Who may do what, over a registry's caches.</summary>
    public SecurityParts Build(ResourceRegistry registry)
    {
        var rbac = new RbacSource(registry);
        var authorizer = new AuthorizerChain([new SystemMastersAuthorizer(), .. options.AuthorizationModes.Select(mode => Authorizer(mode, registry, rbac))]);
        var tokens = options.Tokens is null ? null : new ServiceAccountAuthenticator(options.Tokens, new RegistryObjectUids(registry), time);
        var limits = new LimitRanger(registry);
        return new SecurityParts
        {
            Authenticator = new AuthenticatorChain(
                tokens is null ? [new ClientCertificateAuthenticator()] : [new ClientCertificateAuthenticator(), tokens]),
            Authorizer = authorizer,
            Admission = new AdmissionChain(
                [
                    new NamespaceLifecycle(registry),
                    limits,
                    new NodeRestriction(registry),
                    new ServiceAccountAdmission(registry, options.Identifiers, time),
                    new PriorityAdmission(registry),
                    new DefaultTolerations(),
                    new DefaultClasses(registry),
                    new StorageProtection(),
                    new NewNodeTaint(),
                    new RuntimeClassAdmission(registry),
                ],
                [
                    limits,
                    new RbacEscalation(() => rbac.Current, authorizer),
                    new PodSecurityAdmission(registry),
                    new ClaimResize(registry),
                    new PriorityClassAdmission(registry),
                    new CertificateSigners(authorizer),
                    new CertificateSubjects(),
                    new ValidatingPolicies(registry, authorizer),
                    new ResourceQuotaAdmission(new QuotaLedger(registry, time), time),
                ]),
            Reviews = Reviews(authorizer, tokens, rbac),
        };
    }

    /// <summary>Documents for those who verify tokens, by path; none when there are no tokens.</summary>
    /// <param name="server">Where clients reach this server: "10.0.0.5:6443".</param>
    public IReadOnlyDictionary<string, RequestDelegate> Documents(string server)
    {
        if (options.Tokens is null)
        {
            return new Dictionary<string, RequestDelegate>();
        }

        var issuer = new IssuerDiscovery(options.Tokens, options.KeysUri ?? $"https://{server}{IssuerDiscovery.KeysPath}");
        return new Dictionary<string, RequestDelegate>
        {
            [IssuerDiscovery.DiscoveryPath] = issuer.WriteDiscoveryAsync,
            [IssuerDiscovery.KeysPath] = issuer.WriteKeysAsync,
        };
    }

    /// <summary>The subresources that security brings.</summary>
    public IReadOnlyDictionary<(string Group, string Plural, string Name), ISubresource> Subresources(ResourceRegistry registry)
    {
        var subresources = new Dictionary<(string Group, string Plural, string Name), ISubresource>();
        if (options.Tokens is not null)
        {
            subresources[("", "serviceaccounts", "token")] =
                new ServiceAccountTokenSubresource(registry, options.Tokens, options.Identifiers, time);
        }

        return subresources;
    }

    private static IAuthorizer Authorizer(string mode, ResourceRegistry registry, RbacSource rbac) => mode switch
    {
        "AlwaysAllow" => new AlwaysAllowAuthorizer(),
        "Node" => new NodeGraphSource(registry),
        "RBAC" => new RbacAuthorizer(() => rbac.Current),
        _ => throw new ArgumentException($"unknown authorization mode {mode}"),
    };

    private Dictionary<(string Group, string Version, string Plural), IReviewResource> Reviews(
        IAuthorizer authorizer, ServiceAccountAuthenticator? tokens, RbacSource rbac)
    {
        const string authorization = "authorization.k8s.io";
        const string authentication = "authentication.k8s.io";
        return new()
        {
            [(authorization, "v1", "subjectaccessreviews")] = new AccessReview(authorizer, isSelf: false, isLocal: false),
            [(authorization, "v1", "localsubjectaccessreviews")] = new AccessReview(authorizer, isSelf: false, isLocal: true),
            [(authorization, "v1", "selfsubjectaccessreviews")] = new AccessReview(authorizer, isSelf: true, isLocal: false),
            [(authorization, "v1", "selfsubjectrulesreviews")] = new RulesReview(() => rbac.Current),
            [(authentication, "v1", "tokenreviews")] = new TokenReview(tokens, options.Tokens is { } signer ? [signer.Issuer] : []),
            [(authentication, "v1", "selfsubjectreviews")] = new SelfReview(),
        };
    }
}
