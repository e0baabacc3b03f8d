using Kube.ApiServer.Requests;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;

namespace Kube.ApiServer.Tests.Requests;

public sealed class RequestInfoParserTests
{
    /// <summary>VERB NAME of what is asked; Kubernetes authorises a list or watch of one name as that of the object.</summary>
    [Theory]
    [InlineData("configmaps", "list ")]
    [InlineData("configmaps/a", "get a")]
    [InlineData("configmaps?watch=1", "watch ")]
    [InlineData("configmaps?fieldSelector=metadata.name%3Da", "list a")]
    [InlineData("configmaps?fieldSelector=metadata.name%3D%3Da&watch=true", "watch a")]
    [InlineData("configmaps?fieldSelector=metadata.namespace%3Dns,metadata.name%3Da", "list a")]
    [InlineData("configmaps?fieldSelector=metadata.name!%3Da", "list ")]
    [InlineData("configmaps?fieldSelector=metadata.name%3Da%2Fb", "list ")]
    [InlineData("configmaps?fieldSelector=metadata.name%3D..", "list ")]
    [InlineData("configmaps?fieldSelector=metadata.name", "list ")]
    [InlineData("configmaps?fieldSelector=metadata.name%3D", "list ")]
    [InlineData("configmaps/b?fieldSelector=metadata.name%3Da", "get b")]
    public void A_list_of_one_name_is_of_that_object(string path, string expected)
    {
        var parts = path.Split('?', 2);
        var query = new QueryCollection(QueryHelpers.ParseQuery(parts.Length > 1 ? parts[1] : ""));
        var info = RequestInfoParser.Parse("GET", "/api/v1/namespaces/ns/" + parts[0], query);
        Assert.Equal(expected, $"{info.Verb} {info.Name}");
    }

    [Fact]
    public void A_collection_is_deleted_as_such()
    {
        var query = new QueryCollection(QueryHelpers.ParseQuery("fieldSelector=metadata.name%3Da"));
        var info = RequestInfoParser.Parse("DELETE", "/api/v1/namespaces/ns/configmaps", query);
        Assert.Equal("deletecollection ", $"{info.Verb} {info.Name}");
    }
}
