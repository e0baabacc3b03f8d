using static Kube.Api.Printing.KindPrinter;

namespace Kube.Api.Printing;

/// <summary>Roles, bindings and certificate requests.</summary>
internal static class AccessPrinters
{
    private static readonly KindPrinter s_role = new([NameColumn, CreatedAtColumn], (item, _) => [Name(item), CreatedAt(item)]);

    private static readonly KindPrinter s_binding = new(
        [
            NameColumn,
            Column("Role", "string", "The role that is bound."),
            AgeColumn,
            Wide("Users", "Users the role is given to."),
            Wide("Groups", "Groups the role is given to."),
            Wide("ServiceAccounts", "Service accounts the role is given to."),
        ],
        Binding);

    public static IReadOnlyList<(string Group, string Kind, KindPrinter Printer)> All { get; } =
    [
        ("rbac.authorization.k8s.io", "Role", s_role),
        ("rbac.authorization.k8s.io", "ClusterRole", s_role),
        ("rbac.authorization.k8s.io", "RoleBinding", s_binding),
        ("rbac.authorization.k8s.io", "ClusterRoleBinding", s_binding),
        ("certificates.k8s.io", "CertificateSigningRequest", new(
            [
                NameColumn,
                AgeColumn,
                Column("SignerName", "string", "Who should sign."),
                Column("Requestor", "string", "Who asked."),
                Column("RequestedDuration", "string", "How long the certificate should be valid."),
                Column("Condition", "string", "Whether it is approved and issued."),
            ],
            CertificateRequest)),
    ];

    private static object?[] Binding(JsonView item, DateTimeOffset now)
    {
        var role = item["roleRef"];
        return
        [
            Name(item), $"{role["kind"].Text}/{role["name"].Text}", Age(item, now), Subjects(item, "User"), Subjects(item, "Group"), Subjects(item, "ServiceAccount"),
        ];
    }

    private static string Subjects(JsonView item, string kind) =>
        string.Join(", ", item["subjects"].Items.Where(subject => subject["kind"].Text == kind)
            .Select(subject => kind == "ServiceAccount" ? $"{subject["namespace"].Text}/{subject["name"].Text}" : subject["name"].Text));

    private static object?[] CertificateRequest(JsonView item, DateTimeOffset now)
    {
        var types = item["status"]["conditions"].Items.Select(condition => condition["type"].Text).ToHashSet(StringComparer.Ordinal);
        var condition = types.Contains("Denied") ? "Denied" : types.Contains("Approved") ? "Approved" : "Pending";
        condition += types.Contains("Failed") ? ",Failed" : "";
        condition += item["status"]["certificate"].Text.Length > 0 ? ",Issued" : "";
        var duration = item["spec"]["expirationSeconds"].OptionalNumber is { } seconds ? HumanDuration.Format(TimeSpan.FromSeconds(seconds)) : CellText.None;
        return [Name(item), Age(item, now), item["spec"]["signerName"].Text, item["spec"]["username"].Text, duration, condition];
    }
}
