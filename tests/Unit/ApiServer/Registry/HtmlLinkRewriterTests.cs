using System.Buffers;
using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Kube.ApiServer.Registry.Subresources;

namespace Kube.ApiServer.Tests.Registry;

public sealed class HtmlLinkRewriterTests
{
    private static readonly ProxyLinks Links = new("/api/v1/namespaces/n/pods/p/proxy", "10.0.0.1:8080", "https://front:6443");

    [Theory]
    [InlineData("/x", "/api/v1/namespaces/n/pods/p/proxy/x")]
    [InlineData("/x/?a=b#c", "/api/v1/namespaces/n/pods/p/proxy/x/?a=b#c")]
    [InlineData("/api/v1/namespaces/n/pods/p/proxy/x", "/api/v1/namespaces/n/pods/p/proxy/x")]
    [InlineData("x/y", "x/y")]
    [InlineData("?a", "?a")]
    [InlineData("http://10.0.0.1:8080/x", "https://front:6443/api/v1/namespaces/n/pods/p/proxy/x")]
    [InlineData("//10.0.0.1:8080", "https://front:6443/api/v1/namespaces/n/pods/p/proxy/")]
    [InlineData("https://front:6443/x", "https://front:6443/api/v1/namespaces/n/pods/p/proxy/x")]
    [InlineData("http://elsewhere/x", "http://elsewhere/x")]
    [InlineData("mailto:a@b", "mailto:a@b")]
    public void Links_lead_through_the_proxy(string link, string expected) => Assert.Equal(expected, Links.Rewrite(link));

    [Theory]
    [InlineData("<a href=\"/x\">t</a>", "<a href=\"@/x\">t</a>")]
    [InlineData("<A  class=c HREF='/x' >t</A>", "<A  class=c HREF='@/x' >t</A>")]
    [InlineData("<img src=/x><br/>", "<img src=@/x><br/>")]
    [InlineData("<p title=\"/x\"><a name=\"/x\">", "<p title=\"/x\"><a name=\"/x\">")]
    [InlineData("<form action=\"/go\"><input formaction='/x' disabled>", "<form action=\"@/go\"><input formaction='@/x' disabled>")]
    [InlineData("<a title=\"a > b\" href=\"/x\">", "<a title=\"a > b\" href=\"@/x\">")]
    [InlineData("<!-- <a href=\"/x\"> --><a href=/y>", "<!-- <a href=\"/x\"> --><a href=@/y>")]
    [InlineData("<script src=\"/s\">if (a<b) x='<a href=\"/x\">'</script><a href=/y>", "<script src=\"@/s\">if (a<b) x='<a href=\"/x\">'</script><a href=@/y>")]
    [InlineData("1 < 2 and <a href=/y", "1 < 2 and <a href=/y")]
    [InlineData("<a href = \"/ü\">", "<a href = \"@/ü\">")]
    public void Attributes_that_are_links_are_rewritten(string page, string expected) =>
        Assert.Equal(expected.Replace("@", Links.Prefix, StringComparison.Ordinal), Rewrite(Encoding.UTF8.GetBytes(page), []));

    [Fact]
    public void How_a_page_is_cut_into_pieces_makes_no_difference()
    {
        var piece = Gen.Elements("<a href=\"/x\">", "text ", "<", ">", "\"", "<!--", "-->", "<script>", "</script>", "<img src='/i'", "=", " ", "ü", "</a>", "<b ");
        var cuts = Gen.ListOf(Gen.Choose(0, 400));
        Prop.ForAll(Arb.From(Gen.ListOf(piece, 30)), Arb.From(cuts), (pieces, places) =>
        {
            var page = Encoding.UTF8.GetBytes(string.Concat(pieces));
            Assert.Equal(Rewrite(page, []), Rewrite(page, places));
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(200));
    }

    [Fact]
    public void A_page_without_links_of_its_own_passes_byte_by_byte()
    {
        Prop.ForAll<byte[]>(bytes => Assert.Equal(Encoding.Latin1.GetString(bytes), Encoding.Latin1.GetString(Run(bytes, [])))).Check(Config.QuickThrowOnFailure);
        var long_ = Encoding.ASCII.GetBytes("<a title=\"" + new string('x', 200_000) + "\">");
        Assert.Equal(long_, Run(long_, [1_000, 70_000]));
    }

    private static string Rewrite(byte[] page, IEnumerable<int> cuts) => Encoding.UTF8.GetString(Run(page, cuts));

    private static byte[] Run(byte[] page, IEnumerable<int> cuts)
    {
        var (rewriter, output) = (new HtmlLinkRewriter(Links), new ArrayBufferWriter<byte>());
        var from = 0;
        foreach (var cut in cuts.Where(c => c < page.Length).Append(page.Length).Order())
        {
            rewriter.Write(page.AsSpan(from, cut - from), output);
            from = cut;
        }

        rewriter.Complete(output);
        return output.WrittenSpan.ToArray();
    }
}
