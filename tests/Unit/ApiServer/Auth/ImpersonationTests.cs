using Kube.ApiServer.Auth;
using Microsoft.AspNetCore.Http;

namespace Kube.ApiServer.Tests.Auth;

public sealed class ImpersonationTests
{
    private static readonly UserInfo Real = new("alice", "system:authenticated");

    [Fact]
    public void No_headers_mean_nobody_else() => Assert.Null(Impersonation.Read(Real, new HeaderDictionary()));

    [Theory]
    [InlineData("bob", "", "system:authenticated", "users/bob")]
    [InlineData("bob", "dev,ops", "dev,ops,system:authenticated", "users/bob groups/dev groups/ops")]
    [InlineData("bob", "system:unauthenticated", "system:unauthenticated", "users/bob groups/system:unauthenticated")]
    [InlineData("system:anonymous", "", "system:unauthenticated", "users/system:anonymous")]
    [InlineData("system:serviceaccount:ns:sa", "", "system:serviceaccounts,system:serviceaccounts:ns,system:authenticated", "ns/serviceaccounts/sa")]
    [InlineData("system:serviceaccount:ns:sa", "dev", "dev,system:authenticated", "ns/serviceaccounts/sa groups/dev")]
    public void A_user_comes_with_its_groups_and_each_name_is_checked(string user, string groups, string expected, string checks)
    {
        var headers = new HeaderDictionary { ["Impersonate-User"] = user };
        if (groups.Length > 0)
        {
            headers["Impersonate-Group"] = groups.Split(',');
        }

        var read = Impersonation.Read(Real, headers)!;
        Assert.Equal(user, read.User.Name);
        Assert.Equal(expected, string.Join(',', read.User.Groups));
        Assert.Equal(checks, string.Join(' ', read.Checks.Select(c => (c.Namespace.Length == 0 ? "" : c.Namespace + "/") + c.Resource + "/" + c.Name)));
        Assert.All(read.Checks, c => Assert.Equal(("impersonate", Real), (c.Verb, c.User)));
    }

    [Fact]
    public void Extras_and_uid_are_checked_too()
    {
        var read = Impersonation.Read(Real, new HeaderDictionary
        {
            ["impersonate-user"] = "bob",
            ["Impersonate-Uid"] = "u1",
            ["Impersonate-Extra-Acme.com%2fScope"] = new[] { "read", "write" },
        })!;
        Assert.Equal("u1", read.User.Uid);
        Assert.Equal(["read", "write"], read.User.Extra["acme.com/scope"]);
        Assert.Equal(["users//bob", "userextras/acme.com/scope/read", "userextras/acme.com/scope/write", "uids//u1"], read.Checks.Select(c => $"{c.Resource}/{c.Subresource}/{c.Name}"));
    }

    [Theory]
    [InlineData("Impersonate-Group")]
    [InlineData("Impersonate-Uid")]
    [InlineData("Impersonate-Extra-x")]
    public void Nothing_but_a_user_can_be_impersonated(string header) =>
        Assert.Throws<FormatException>(() => Impersonation.Read(Real, new HeaderDictionary { [header] = "x" }));
}
