using System.Text;
using Kube.Api.Core.V1;
using Kube.Api.Documentation;

namespace Kube.Api.Tests.Types;

public class ApiDocsTests
{
    [Fact]
    public void SummariesAreReadFromTheCompilersFile()
    {
        const string Documentation = """
            <?xml version="1.0"?>
            <doc><members>
            <member name="T:A.B"><summary>
                One
                two <see cref="T:A.Other"/>.
            </summary></member>
            <member name="P:A.B.C"><summary>Three.</summary><remarks>x</remarks></member>
            <member name="M:A.B.D"><summary>No.</summary></member>
            </members></doc>
            """;
        var summaries = ApiDocs.Read(new MemoryStream(Encoding.UTF8.GetBytes(Documentation)));
        Assert.Equal(2, summaries.Count);
        Assert.Equal("One two Other.", summaries["T:A.B"]);
        Assert.Equal("Three.", summaries["P:A.B.C"]);
    }

    [Fact]
    public void TheFileShipsWithTheAssembly()
    {
        Assert.True(ApiDocs.IsAvailable);
        Assert.Equal("The kind of the object, in CamelCase.", ApiDocs.Summary(typeof(Pod).GetProperty(nameof(Pod.Kind))!));
    }

    [Fact]
    public void EveryTypeAndFieldIsExplained()
    {
        var silent = KindCatalogue.Resources.Where(type => ApiDocs.Summary(type) is null).Select(type => type.FullName!)
            .Concat(
                from type in KindCatalogue.Resources
                from pair in KindCatalogue.Fields(type)
                where string.IsNullOrWhiteSpace(ApiDocs.Summary(pair.Property))
                select $"{type.FullName}.{pair.Property.Name}");
        Assert.Empty(silent);
    }
}
