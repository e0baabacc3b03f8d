using static Kube.Api.Printing.KindPrinter;

namespace Kube.Api.Printing;

/// <summary>Kinds that extend the API: admission webhooks and policies, custom resource definitions, API services.</summary>
internal static class ExtensionPrinters
{
    private static readonly KindPrinter s_webhooks = new(
        [NameColumn, Column("Webhooks", "integer", "Number of webhooks."), AgeColumn],
        (item, now) => [Name(item), item["webhooks"].Count, Age(item, now)]);

    public static IReadOnlyList<(string Group, string Kind, KindPrinter Printer)> All { get; } =
    [
        ("admissionregistration.k8s.io", "MutatingWebhookConfiguration", s_webhooks),
        ("admissionregistration.k8s.io", "ValidatingWebhookConfiguration", s_webhooks),
        ("admissionregistration.k8s.io", "ValidatingAdmissionPolicy", new(
            [NameColumn, Column("Validations", "integer", "Number of rules."), Column("ParamKind", "string", "Kind of its parameters."), AgeColumn],
            (item, now) => [Name(item), item["spec"]["validations"].Count, ParamKind(item["spec"]["paramKind"]), Age(item, now)])),
        ("admissionregistration.k8s.io", "ValidatingAdmissionPolicyBinding", new(
            [NameColumn, Column("PolicyName", "string", "The policy it puts to use."), Column("ParamRef", "string", "The parameters it gives."), AgeColumn],
            (item, now) => [Name(item), item["spec"]["policyName"].Text, ParamRef(item["spec"]["paramRef"]), Age(item, now)])),
        ("apiextensions.k8s.io", "CustomResourceDefinition", new([NameColumn, CreatedAtColumn], (item, _) => [Name(item), CreatedAt(item)])),
        ("apiregistration.k8s.io", "APIService", new(
            [NameColumn, Column("Service", "string", "Who serves it."), Column("Available", "string", "Whether it can be reached."), AgeColumn],
            ApiService)),
    ];

    private static string ParamKind(JsonView kind) => kind.Exists ? $"{kind["apiVersion"].Text}/{kind["kind"].Text}" : CellText.Unset;

    private static string ParamRef(JsonView reference) =>
        !reference.Exists ? CellText.Unset
        : reference["namespace"].Text is { Length: > 0 } space ? $"{space}/{reference["name"].Text}"
        : $"*/{reference["name"].Text}";

    private static object?[] ApiService(JsonView item, DateTimeOffset now)
    {
        var service = item["spec"]["service"];
        var available = item["status"]["conditions"].Items.FirstOrDefault(condition => condition["type"].Text == "Available");
        var status = !available.Exists ? "Unknown"
            : available["status"].Text == "True" ? "True"
            : $"{available["status"].Text} ({available["reason"].Text})";
        return [Name(item), service.Exists ? $"{service["namespace"].Text}/{service["name"].Text}" : "Local", status, Age(item, now)];
    }
}
