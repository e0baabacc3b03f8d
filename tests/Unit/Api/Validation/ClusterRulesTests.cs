using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json.Nodes;

namespace Kube.Api.Tests.Validation;

/// <summary>What Kubernetes refuses in the kinds by which a cluster is run: access, priorities, certificates, events, flows, definitions. A row a rule.</summary>
public sealed class ClusterRulesTests
{
    private const string LabelForm = "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character (e.g. 'my-name',  or 'abc-123', regex used for validation is '[a-z]([-a-z0-9]*[a-z0-9])?')";

    private static readonly string Request = MakeRequest();

    private static string Of(string kind, string fields, string metadata = "name: w") =>
        Cases.Create($"{{apiVersion: {kind.Split(' ')[0]}, kind: {kind.Split(' ')[1]}, metadata: {{{metadata}}}, {fields}}}");

    [Theory]
    [InlineData("rules: [{verbs: [get], apiGroups: [''], resources: [pods]}]", "")]
    [InlineData("rules: [{}]", "rules[0].verbs: Required value: verbs must contain at least one value\nrules[0].apiGroups: Required value: resource rules must supply at least one api group\nrules[0].resources: Required value: resource rules must supply at least one resource")]
    [InlineData("rules: [{verbs: [get], nonResourceURLs: [/a], resources: [pods]}]", "rules[0].nonResourceURLs: Invalid value: []string{\"/a\"}: rules cannot apply to both regular resources and non-resource URLs")]
    [InlineData("aggregationRule: {clusterRoleSelectors: []}", "aggregationRule.clusterRoleSelectors: Required value: at least one clusterRoleSelector required if aggregationRule is non-nil")]
    [InlineData("aggregationRule: {clusterRoleSelectors: [{matchExpressions: [{key: a, operator: X}]}]}", "aggregationRule.clusterRoleSelectors[0].matchExpressions[0].operator: Invalid value: \"X\": not a valid selector operator\naggregationRule.clusterRoleSelectors[0]: Invalid value: \"null\": invalid label selector: \"X\" is not a valid label selector operator")]
    public void Cluster_roles(string fields, string errors) => Assert.Equal(errors, Of("rbac.authorization.k8s.io/v1 ClusterRole", fields));

    [Theory]
    [InlineData("roleRef: {kind: ClusterRole, name: r}, subjects: [{kind: User, name: u}, {kind: ServiceAccount, name: s, namespace: m}]", "")]
    [InlineData("roleRef: {kind: Role, name: ''}, subjects: [{kind: User, name: ''}]", "roleRef.kind: Unsupported value: \"Role\": supported values: \"ClusterRole\"\nroleRef.name: Required value\nsubjects[0].name: Required value\nsubjects[0].name: Invalid value: \"\": user name cannot be empty")]
    [InlineData("roleRef: {kind: ClusterRole, name: r}, subjects: [{kind: ServiceAccount, name: S}, {kind: X, name: w}]", "subjects[0].name: Invalid value: \"S\": a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')\nsubjects[0].namespace: Required value\nsubjects[1].kind: Unsupported value: \"X\": supported values: \"ServiceAccount\", \"User\", \"Group\"")]
    public void Bindings(string fields, string errors) => Assert.Equal(errors, Of("rbac.authorization.k8s.io/v1 ClusterRoleBinding", fields));

    [Theory]
    [InlineData("value: 1", "w", "")]
    [InlineData("value: 1000000001, preemptionPolicy: X", "w", "value: Forbidden: maximum allowed value of a user defined priority is 1000000000\npreemptionPolicy: Unsupported value: \"X\": supported values: \"PreemptLowerPriority\", \"Never\"")]
    [InlineData("value: 1", "system-mine", "metadata.name: Forbidden: priority class names with 'system-' prefix are reserved for system use only. error: system-mine is not a known system priority class")]
    public void Priority_classes(string fields, string name, string errors) => Assert.Equal(errors, Of("scheduling.k8s.io/v1 PriorityClass", fields, $"name: {name}"));

    [Fact]
    public void What_a_priority_class_stands_for_stays()
    {
        const string old = "{apiVersion: scheduling.k8s.io/v1, kind: PriorityClass, metadata: {name: w}, value: 1}";
        Assert.Equal("value: Forbidden: may not be changed in an update.", Cases.Update(old, p => p["value"] = 2));
        Assert.Equal("preemptionPolicy: Invalid value: \"Never\": field is immutable", Cases.Update(old, p => p["preemptionPolicy"] = "Never"));
        Assert.Equal("", Cases.Update(old, p => p["description"] = "d"));
    }

    [Theory]
    [InlineData("signerName: example.com/s, usages: [client auth]", "")]
    [InlineData("signerName: s, usages: []", "spec.usages: Required value\nspec.signerName: Invalid value: \"s\": must be a fully qualified domain and path of the form 'example.com/signer-name'")]
    [InlineData("signerName: example/s, usages: [any]", "spec.signerName: Invalid value: \"example\": should be a domain with at least two segments separated by dots")]
    [InlineData("signerName: kubernetes.io/legacy-unknown, usages: [any, any], expirationSeconds: 599", "spec.usages[1]: Duplicate value: \"any\"\nspec.signerName: Invalid value: \"kubernetes.io/legacy-unknown\": the legacy signerName is not allowed via this API version\nspec.expirationSeconds: Invalid value: 599: may not specify a duration less than 600 seconds (10 minutes)")]
    [InlineData("signerName: Example.com/s, usages: [any]", "spec.signerName: Invalid value: \"Example.com\": validating label \"Example\": a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')")]
    public void Signing_requests(string fields, string errors) => Assert.Equal(errors, Of("certificates.k8s.io/v1 CertificateSigningRequest", $"spec: {{request: {Request}, {fields}}}"));

    [Fact]
    public void A_signing_request_keeps_its_decision_and_its_certificate()
    {
        var old = $"{{apiVersion: certificates.k8s.io/v1, kind: CertificateSigningRequest, metadata: {{name: w}}, spec: {{request: {Request}, signerName: example.com/s, usages: [any]}}, status: {{conditions: [{{type: Approved, status: 'True'}}]}}}}";
        var denied = JsonNode.Parse("""{"type":"Denied","status":"False"}""")!;
        Assert.Equal("status.conditions: Forbidden: updates may not remove a condition of type \"Approved\"", Cases.Update(old, c => c["status"]!.AsObject().Remove("conditions"), "approval"));
        Assert.Equal(
            "status.conditions[1].status: Unsupported value: \"False\": supported values: \"True\"\nstatus.conditions[1].type: Invalid value: \"Denied\": Approved and Denied conditions are mutually exclusive",
            Cases.Update(old, c => c["status"]!["conditions"]!.AsArray().Add(denied.DeepClone()), "approval"));
        Assert.Equal("status.certificate: Invalid value: \"<certificate data>\": must contain one or more PEM blocks\nstatus.certificate: Forbidden: updates may not set certificate content", Cases.Update(old, c => c["status"]!["certificate"] = "YQ==", "approval"));
        Assert.Equal("status.certificate: Invalid value: \"<certificate data>\": must contain one or more PEM blocks", Cases.Update(old, c => c["status"]!["certificate"] = "YQ==", "status"));
    }

    [Fact]
    public void What_a_stored_signing_request_breaks_already_it_may_keep_breaking()
    {
        var old = $"{{apiVersion: certificates.k8s.io/v1, kind: CertificateSigningRequest, metadata: {{name: w}}, spec: {{request: {Request}, signerName: example.com/s, usages: [any, mine]}}}}";
        Assert.Equal("", Cases.Update(old, c => c["metadata"]!["labels"] = new JsonObject { ["a"] = "b" }));
        Assert.StartsWith("spec.usages[0]: Duplicate", Cases.Update(old, c => c["spec"]!["usages"] = new JsonArray("mine", "mine")).Replace("spec.usages[1]", "spec.usages[0]", StringComparison.Ordinal), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("v1 Event", "involvedObject: {namespace: ns}", "")]
    [InlineData("v1 Event", "involvedObject: {namespace: other}", "involvedObject.namespace: Invalid value: \"other\": does not match event.namespace")]
    [InlineData("v1 Event", "involvedObject: {}, eventTime: '2026-01-01T00:00:00.000000Z', reportingInstance: i, action: a, reason: r", "involvedObject.namespace: Invalid value: \"\": does not match event.namespace\nreportingComponent: Required value\nreportingComponent: Invalid value: \"\": name part must be non-empty\nreportingComponent: Invalid value: \"\": name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')")]
    [InlineData("events.k8s.io/v1 Event", "regarding: {namespace: ns}, eventTime: '2026-01-01T00:00:00.000000Z', reportingController: c, reportingInstance: i, action: a, reason: r, type: Normal", "")]
    [InlineData("events.k8s.io/v1 Event", "regarding: {namespace: ns}, type: X, deprecatedCount: 2, deprecatedSource: {host: h}, series: {count: 1, lastObservedTime: null}", "series.count: Invalid value: \"\": should be at least 2\nseries.lastObservedTime: Required value\neventTime: Required value\ntype: Invalid value: \"\": has invalid value: X\ncount: Invalid value: \"\": needs to be unset\nsource: Invalid value: \"\": needs to be unset")]
    public void Events(string kind, string fields, string errors) => Assert.Equal(errors, Of(kind, fields));

    [Fact]
    public void Of_an_event_the_series_alone_may_change()
    {
        const string old = "{apiVersion: events.k8s.io/v1, kind: Event, metadata: {name: w}, regarding: {namespace: ns}, eventTime: '2026-01-01T00:00:00.000000Z', reportingController: c, reportingInstance: i, action: a, reason: r, type: Normal, note: old}";
        Assert.Equal("", Cases.Update(old, e => e["series"] = JsonNode.Parse("""{"count":2,"lastObservedTime":"2026-01-01T00:00:01.000000Z"}""")));
        Assert.Equal("message: Invalid value: \"m\": field is immutable", Cases.Update(old, e => e["note"] = "m"));
        Assert.Equal("series.count: Invalid value: \"\": should be at least 2", Cases.Update(old, e => e["series"] = JsonNode.Parse("""{"count":1,"lastObservedTime":"2026-01-01T00:00:01.000000Z"}""")));
    }

    [Theory]
    [InlineData("FlowSchema", "catch-all", "spec: {priorityLevelConfiguration: {name: catch-all}, matchingPrecedence: 10000, distinguisherMethod: {type: ByUser}, rules: [{subjects: [{kind: Group, group: {name: 'system:unauthenticated'}}, {kind: Group, group: {name: 'system:authenticated'}}], resourceRules: [{verbs: ['*'], apiGroups: ['*'], resources: ['*'], namespaces: ['*'], clusterScope: true}], nonResourceRules: [{verbs: ['*'], nonResourceURLs: ['*']}]}]}", "")]
    [InlineData("FlowSchema", "w", "spec: {priorityLevelConfiguration: {name: l}, matchingPrecedence: 1, distinguisherMethod: {type: X}}", "spec.matchingPrecedence: Invalid value: 1: only the schema named 'exempt' may have matchingPrecedence 1\nspec.distinguisherMethod.type: Unsupported value: flowcontrol.FlowDistinguisherMethod{Type:\"X\"}: supported values: \"ByNamespace\", \"ByUser\"")]
    [InlineData("PriorityLevelConfiguration", "exempt", "spec: {type: Exempt, exempt: {nominalConcurrencyShares: 7, lendablePercent: 20}}", "")]
    [InlineData("PriorityLevelConfiguration", "w", "spec: {type: Exempt}", "spec.type: Invalid value: \"Exempt\": type must be 'Exempt' if and only if name is 'exempt'")]
    [InlineData("PriorityLevelConfiguration", "w", "spec: {type: Limited, limited: {nominalConcurrencyShares: -1, lendablePercent: 101, borrowingLimitPercent: -1, limitResponse: {type: X}}}", "spec.limited.nominalConcurrencyShares: Invalid value: -1: must be a non-negative integer\nspec.limited.limitResponse.type: Unsupported value: \"X\": supported values: \"Queue\", \"Reject\"\nspec.limited.lendablePercent: Invalid value: 101: must be between 0 and 100, inclusive\nspec.limited.borrowingLimitPercent: Invalid value: -1: if specified, must be a non-negative integer")]
    public void Flows(string kind, string name, string fields, string errors) => Assert.Equal(errors, Of("flowcontrol.apiserver.k8s.io/v1 " + kind, fields, $"name: {name}"));

    [Fact]
    public void Mandatory_flows_are_what_they_are()
    {
        Assert.Matches("^spec: Invalid value: .*: spec of 'exempt' must equal the fixed value$", Of("flowcontrol.apiserver.k8s.io/v1 FlowSchema", "spec: {priorityLevelConfiguration: {name: exempt}, matchingPrecedence: 1}", "name: exempt"));
        Assert.Matches(
            "^spec: Invalid value: .*: spec of 'catch-all' must equal the fixed value$",
            Of("flowcontrol.apiserver.k8s.io/v1 PriorityLevelConfiguration", "spec: {type: Limited, limited: {nominalConcurrencyShares: 6, lendablePercent: 0, limitResponse: {type: Reject}}}", "name: catch-all"));
        Assert.Matches(
            "spec: Invalid value: .*: spec of 'exempt' except the 'spec.exempt' field must equal the fixed value$",
            Of("flowcontrol.apiserver.k8s.io/v1 PriorityLevelConfiguration", "spec: {type: Limited, limited: {limitResponse: {type: Reject}}}", "name: exempt"));
    }

    [Theory]
    [InlineData("spec: {controller: example.com/c}", "")]
    [InlineData("spec: {controller: c}", "spec.controller: Invalid value: \"c\": must be a domain-prefixed path (such as \"acme.io/foo\")")]
    [InlineData("spec: {controller: 'example.com/a b'}", "spec.controller: Invalid value: \"a b\": must be a valid path (regex used for validation is '[A-Za-z0-9/\\-._~%!$&'()*+,;=:]+')")]
    [InlineData("spec: {controller: example.com/c, parameters: {kind: '', name: m, scope: Namespace}}", "spec.parameters.kind: Required value\nspec.parameters.namespace: Required value: `parameters.scope` is set to 'Namespace'")]
    [InlineData("spec: {controller: example.com/c, parameters: {kind: K, name: m, scope: Cluster, namespace: ns}}", "spec.parameters.namespace: Forbidden: `parameters.scope` is set to 'Cluster'")]
    [InlineData("spec: {controller: example.com/c, parameters: {kind: K, name: m, scope: X}}", "spec.parameters.scope: Unsupported value: \"X\": supported values: \"Cluster\", \"Namespace\"")]
    public void Ingress_classes(string fields, string errors) => Assert.Equal(errors, Of("networking.k8s.io/v1 IngressClass", fields));

    [Fact]
    public void An_ingress_names_its_class_once_and_is_reached_at_addresses()
    {
        const string spec = "spec: {ingressClassName: a, defaultBackend: {service: {name: s, port: {number: 80}}}}";
        Assert.Equal(
            "annotations.kubernetes.io/ingress.class: Invalid value: \"b\": must match `ingressClassName` when both are specified",
            Of("networking.k8s.io/v1 Ingress", spec, "name: w, annotations: {kubernetes.io/ingress.class: b}"));
        Assert.Equal(
            "status.loadBalancer.ingress[0].ip: Invalid value: \"x\": must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)\nstatus.loadBalancer.ingress[0].hostname: Invalid value: \"1.2.3.4\": must be a DNS name, not an IP address",
            Cases.Update($"{{apiVersion: networking.k8s.io/v1, kind: Ingress, metadata: {{name: w}}, {spec}}}", i => i["status"] = JsonNode.Parse("""{"loadBalancer":{"ingress":[{"ip":"x","hostname":"1.2.3.4"}]}}"""), "status"));
    }

    [Fact]
    public void What_an_ingress_breaks_already_it_may_keep_breaking()
    {
        const string old = "{apiVersion: networking.k8s.io/v1, kind: Ingress, metadata: {name: w}, spec: {tls: [{secretName: Bad}], rules: [{host: '*.example.com', http: {paths: [{path: a, pathType: Exact, backend: {service: {name: s, port: {number: 80}}}}]}}]}}";
        Assert.Equal("", Cases.Update(old, i => i["spec"]!["ingressClassName"] = "c"));
        Assert.Equal("spec.rules[0].host: Invalid value: \"1.2.3.4\": must be a DNS name, not an IP address\nspec.rules[0].http.paths[0].path: Invalid value: \"a\": must be an absolute path", Cases.Update(old, i => i["spec"]!["rules"]![0]!["host"] = "1.2.3.4"));
    }

    [Fact]
    public void A_selector_with_a_value_that_is_none_stays_but_no_new_one_comes()
    {
        const string good = "{apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, metadata: {name: w}, spec: {podSelector: {matchExpressions: [{key: k, operator: In, values: [v]}]}}}";
        var bad = good.Replace("[v]", "['a b']", StringComparison.Ordinal);
        Assert.Contains("spec.podSelector.matchExpressions[0].values[0]: Invalid value: \"a b\"", Cases.Update(good, p => p["spec"]!["podSelector"]!["matchExpressions"]![0]!["values"] = new JsonArray("a b")), StringComparison.Ordinal);
        Assert.Equal("", Cases.Update(bad, p => p["spec"]!["policyTypes"] = new JsonArray("Egress")));
    }

    [Theory]
    [InlineData("v1.example.com", "group: example.com, version: v1, groupPriorityMinimum: 1, versionPriority: 1, service: {name: s, namespace: m}", "")]
    [InlineData("v1.", "version: v1, groupPriorityMinimum: 1, versionPriority: 1", "")]
    [InlineData("v2.example.com", "group: example.com, version: v1, groupPriorityMinimum: 0, versionPriority: 1001, insecureSkipTLSVerify: true, caBundle: YQ==", "metadata.name: Invalid value: \"v2.example.com\": must be `spec.version+\".\"+spec.group`: \"v1.example.com\"\nspec.groupPriorityMinimum: Invalid value: 0: must be positive and less than 20000\nspec.versionPriority: Invalid value: 1001: must be positive and less than 1000\nspec.caBundle: Invalid value: \"1 bytes\": local APIServices may not have a caBundle\nspec.insecureSkipTLSVerify: Invalid value: true: local APIServices may not have insecureSkipTLSVerify")]
    [InlineData("v1.example.com", "group: example.com, version: v1, groupPriorityMinimum: 1, versionPriority: 1, service: {port: 0}", "spec.service.namespace: Required value\nspec.service.name: Required value\nspec.service.port: Invalid value: 0: port is not valid: must be between 1 and 65535, inclusive")]
    public void Api_services(string name, string spec, string errors) => Assert.Equal(errors, Of("apiregistration.k8s.io/v1 APIService", $"spec: {{{spec}}}", $"name: {name}"));

    [Theory]
    [InlineData("", "")]
    [InlineData("group: example", "metadata.name: Invalid value: \"widgets.example.com\": must be spec.names.plural+\".\"+spec.group\nspec.group: Invalid value: \"example\": should be a domain with at least one dot")]
    [InlineData("scope: X", "spec.scope: Unsupported value: \"X\": supported values: \"Cluster\", \"Namespaced\"")]
    [InlineData("versions: [{name: v1, served: true, storage: true}, {name: V2, served: true, storage: true, schema: {openAPIV3Schema: {type: object}}}]", "spec.versions[0].schema.openAPIV3Schema: Required value: schemas are required\nspec.versions[1].name: Invalid value: \"V2\": LABEL\nspec.versions: Invalid value: [{\"name\":\"v1\",\"served\":true,\"storage\":true},{\"name\":\"V2\",\"served\":true,\"storage\":true,\"schema\":{\"openAPIV3Schema\":{\"type\":\"object\"}}}]: must have exactly one version marked as storage version")]
    [InlineData("names: {plural: widgets, kind: Widget, listKind: Widget, shortNames: [W]}", "spec.names.shortNames[0]: Invalid value: \"W\": LABEL\nspec.names.listKind: Invalid value: \"Widget\": kind and listKind may not be the same")]
    [InlineData("conversion: {strategy: Webhook, webhook: {clientConfig: {}, conversionReviewVersions: [v3]}}", "spec.conversion.webhookClientConfig: Required value: exactly one of url or service is required\nspec.conversion.conversionReviewVersions: Invalid value: []string{\"v3\"}: must include at least one of v1, v1beta1")]
    [InlineData("versions: [{name: v1, served: true, storage: true, deprecationWarning: w, schema: {openAPIV3Schema: {type: object}}, additionalPrinterColumns: [{name: a, type: x, jsonPath: b}], subresources: {scale: {specReplicasPath: .a, statusReplicasPath: .status.r}}}]", "spec.versions[0].deprecationWarning: Invalid value: \"w\": can only be set for deprecated versions\nspec.versions[0].subresources.scale.specReplicasPath: Invalid value: \".a\": should be a json path under .spec\nspec.versions[0].additionalPrinterColumns[0].type: Invalid value: \"x\": must be one of boolean,date,integer,number,string\nspec.versions[0].additionalPrinterColumns[0].JSONPath: Invalid value: \"b\": must be a simple json path starting with .")]
    public void Definitions(string spec, string errors)
    {
        var fields = new Dictionary<string, string>
        {
            ["group"] = "example.com",
            ["scope"] = "Namespaced",
            ["names"] = "{plural: widgets, kind: Widget}",
            ["versions"] = "[{name: v1, served: true, storage: true, schema: {openAPIV3Schema: {type: object}}}]",
        };
        if (spec.Length > 0)
        {
            var colon = spec.IndexOf(':', StringComparison.Ordinal);
            fields[spec[..colon]] = spec[(colon + 1)..];
        }

        var all = string.Join(", ", fields.Select(static field => $"{field.Key}: {field.Value}"));
        Assert.Equal(errors.Replace("LABEL", LabelForm, StringComparison.Ordinal), Of("apiextensions.k8s.io/v1 CustomResourceDefinition", $"spec: {{{all}}}", "name: widgets.example.com"));
    }

    [Fact]
    public void A_protected_group_needs_an_approval()
    {
        const string spec = "spec: {group: x.k8s.io, scope: Cluster, names: {plural: widgets, kind: Widget}, versions: [{name: v1, served: true, storage: true, schema: {openAPIV3Schema: {type: object}}}]}";
        const string kind = "apiextensions.k8s.io/v1 CustomResourceDefinition";
        Assert.Equal("metadata.annotations[api-approved.kubernetes.io]: Required value: protected groups must have approval annotation \"api-approved.kubernetes.io\", see https://github.com/kubernetes/enhancements/pull/1111", Of(kind, spec, "name: widgets.x.k8s.io"));
        Assert.Equal("", Of(kind, spec, "name: widgets.x.k8s.io, annotations: {api-approved.kubernetes.io: 'https://example.com/1'}"));
        Assert.Equal("", Of(kind, spec, "name: widgets.x.k8s.io, annotations: {api-approved.kubernetes.io: unapproved for now}"));
    }

    private static string MakeRequest()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        return Convert.ToBase64String(Encoding.ASCII.GetBytes(new CertificateRequest("CN=w", key, HashAlgorithmName.SHA256).CreateSigningRequestPem()));
    }
}
