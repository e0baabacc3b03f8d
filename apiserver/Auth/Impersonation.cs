using Microsoft.AspNetCore.Http;

namespace Kube.ApiServer.Auth;

/// <summary>Whom a request wants to be taken for, by its Impersonate headers: kubectl's --as, --as-group and --as-uid. Immutable.</summary>
/// <param name="User">The user that the request goes on as.</param>
/// <param name="Checks">What the real user must be allowed, one for each name that it takes.</param>
public sealed record Impersonation(UserInfo User, IReadOnlyList<AuthorizationAttributes> Checks)
{
    private const string UserHeader = "Impersonate-User";
    private const string GroupHeader = "Impersonate-Group";
    private const string UidHeader = "Impersonate-Uid";
    private const string ExtraPrefix = "Impersonate-Extra-";
    private const string AccountPrefix = "system:serviceaccount:";
    private const string AuthenticationGroup = "authentication.k8s.io";

    /// <summary>Reads the headers; null when there are none.</summary>
    /// <exception cref="FormatException">Groups, uid or extras are given without a user.</exception>
    public static Impersonation? Read(UserInfo real, IHeaderDictionary headers)
    {
        var name = headers[UserHeader].ToString();
        var groups = headers[GroupHeader].OfType<string>().ToList();
        var uid = headers[UidHeader].ToString();
        var extra = Extra(headers);
        if (name.Length == 0)
        {
            return groups.Count == 0 && uid.Length == 0 && extra.Count == 0
                ? null
                : throw new FormatException("requested groups, uid or extra fields without impersonating a user");
        }

        var checks = new List<AuthorizationAttributes>();
        var account = Account(name);
        checks.Add(account is { } a ? Check(real, "", "serviceaccounts", a.Name, ns: a.Namespace) : Check(real, "", "users", name));
        checks.AddRange(groups.Select(group => Check(real, "", "groups", group)));
        checks.AddRange(extra.SelectMany(e => e.Value.Select(value => Check(real, AuthenticationGroup, "userextras", value, subresource: e.Key))));
        if (uid.Length > 0)
        {
            checks.Add(Check(real, AuthenticationGroup, "uids", uid));
        }

        if (groups.Count == 0 && account is { } of)
        {
            groups.AddRange(["system:serviceaccounts", "system:serviceaccounts:" + of.Namespace]);
        }

        AddStanding(name, groups);
        return new Impersonation(new UserInfo(name, uid, groups, extra), checks);
    }

    private static void AddStanding(string name, List<string> groups)
    {
        if (name == UserInfo.AnonymousName)
        {
            if (!groups.Contains(UserInfo.UnauthenticatedGroup))
            {
                groups.Add(UserInfo.UnauthenticatedGroup);
            }
        }
        else if (!groups.Contains(UserInfo.AuthenticatedGroup) && !groups.Contains(UserInfo.UnauthenticatedGroup))
        {
            groups.Add(UserInfo.AuthenticatedGroup);
        }
    }

    /// <summary>Extra fields: their names are in lower case and percent-encoded in the header's name.</summary>
    private static Dictionary<string, IReadOnlyList<string>> Extra(IHeaderDictionary headers)
    {
        var extra = new Dictionary<string, IReadOnlyList<string>>(StringComparer.Ordinal);
        foreach (var header in headers.Where(h => h.Key.StartsWith(ExtraPrefix, StringComparison.OrdinalIgnoreCase)))
        {
            extra[Uri.UnescapeDataString(header.Key[ExtraPrefix.Length..].ToLowerInvariant())] = [.. header.Value.OfType<string>()];
        }

        return extra;
    }

    private static (string Namespace, string Name)? Account(string user) =>
        user.StartsWith(AccountPrefix, StringComparison.Ordinal) && user[AccountPrefix.Length..].Split(':') is [{ Length: > 0 } ns, { Length: > 0 } name]
            ? (ns, name)
            : null;

    private static AuthorizationAttributes Check(UserInfo real, string group, string resource, string name, string ns = "", string subresource = "") => new()
    {
        User = real,
        Verb = "impersonate",
        IsResourceRequest = true,
        ApiGroup = group,
        ApiVersion = "v1",
        Resource = resource,
        Subresource = subresource,
        Namespace = ns,
        Name = name,
        Path = "",
    };
}
