namespace Kube.Cel.Tests;

/// <summary>The libraries that Kubernetes gives expressions.</summary>
public sealed class LibraryTests
{
    [Theory]
    [InlineData("'tacocat'.charAt(3)", "'o'")]
    [InlineData("'tacocat'.charAt(7)", "''")]
    [InlineData("'tacocat'.charAt(8)", "error: index out of range: 8")]
    [InlineData("'hello mellow'.indexOf('ello', 2)", "7")]
    [InlineData("'hello mellow'.lastIndexOf('ello')", "7")]
    [InlineData("'ta©o©αT'.indexOf('©', 3)", "4")]
    [InlineData("['x', 'y'].join('-')", "'x-y'")]
    [InlineData("'TacoCÆt'.lowerAscii() + 'tacoÆ'.upperAscii()", "'tacocÆtTACOÆ'")]
    [InlineData("'hello hello'.replace('he', 'we', 1)", "'wello hello'")]
    [InlineData("'ab'.replace('', '_')", "'_a_b_'")]
    [InlineData("'a,b,c'.split(',', 2)", "['a', 'b,c']")]
    [InlineData("'abc'.split('')", "['a', 'b', 'c']")]
    [InlineData("'a'.split(',', 0)", "[]")]
    [InlineData("'tacocat'.substring(2, 5)", "'coc'")]
    [InlineData("'tacocat'.substring(5, 2)", "error: invalid substring range. start: 5, end: 2")]
    [InlineData("'  x\\n'.trim()", "'x'")]
    [InlineData("strings.quote('a\"b\\n')", "'\"a\\\"b\\n\"'")]
    [InlineData("'%s is %d, %.2f, %x, %b, %o, %X, %e, %%'.format(['x', dyn(7), 1.005, 255, 5, 8, 'k', 1234.5])", "'x is 7, 1.00, ff, 101, 10, 6B, 1.234500e+03, %'")]
    [InlineData("'%s'.format([[1, dyn('a'), {'k': true}]])", "'[1, a, {k: true}]'")]
    [InlineData("'%d'.format(['x'])", "error: error during formatting: decimal clause can only be used on integers, was given string")]
    public void Strings(string source, string expected) => Assert.Equal(expected, Expressions.Show(source));

    [Theory]
    [InlineData("[1, 2, 2].isSorted() && !['b', 'a'].isSorted()", "true")]
    [InlineData("[1, 3].sum() + [1, 3].max() + [1, 3].min()", "8")]
    [InlineData("[duration('1m'), duration('1s')].sum() == duration('61s')", "true")]
    [InlineData("[1].filter(x, false).max()", "error: max called on empty list")]
    [InlineData("['a', 'b', 'a'].indexOf('a') + ['a', 'b', 'a'].lastIndexOf('a')", "2")]
    [InlineData("sets.contains([1, 2], [2]) && sets.equivalent([1, 2], [2, 1, 1]) && !sets.intersects([1], [2])", "true")]
    [InlineData("'abc 123'.find('[0-9]+') + 'abc'.find('x')", "'123'")]
    [InlineData("'123 abc 456'.findAll('[0-9]+', 1)", "['123']")]
    public void Lists(string source, string expected) => Assert.Equal(expected, Expressions.Show(source));

    [Theory]
    [InlineData("'hello'.matches('^h.*o$')", "true")]
    [InlineData("'hello\\n'.matches('o$')", "false")]
    [InlineData("'hello\\n'.matches('(?m)o$')", "true")]
    [InlineData("'٣'.matches('[[:digit:]]|\\\\d')", "false")]
    [InlineData("'AbC'.matches('(?i)abc') && 'x'.matches('(?P<n>x)')", "true")]
    [InlineData("matches('a.b', 'a\\\\.b')", "true")]
    [InlineData("'a'.matches('(?=a)')", "compile: invalid matches argument")]
    [InlineData("'aa'.matches('(a)\\\\1')", "compile: invalid matches argument")]
    [InlineData("'a'.matches('a{1001}')", "compile: invalid matches argument")]
    [InlineData("'é'.matches('\\\\pL') && !'é'.matches('\\\\w')", "true")]
    [InlineData("'a b'.matches('a b') && 'a#'.matches('a#')", "true")]
    public void Regular_expressions_are_those_of_RE2(string source, string expected) => Assert.Equal(expected, Expressions.Show(source));

    [Theory]
    [InlineData("url('https://user:pw@example.com:80/a b/c?k=1&k=2&e=%20#f').getHost()", "'example.com:80'")]
    [InlineData("url('https://example.com:80/').getPort() + url('https://[::1]:80/').getHostname()", "'80::1'")]
    [InlineData("url('https://example.com/path with spaces/').getEscapedPath()", "'/path%20with%20spaces/'")]
    [InlineData("url('https://example.com/path?k1=a&k2=b&k2=c').getQuery()", "{'k1': ['a'], 'k2': ['b', 'c']}")]
    [InlineData("isURL('https://a:b/') || isURL('../a') || isURL('') || isURL(':x')", "false")]
    [InlineData("isURL('/absolute') && url('/absolute').getScheme() == ''", "true")]
    public void Urls(string source, string expected) => Assert.Equal(expected, Expressions.Show(source));

    [Theory]
    [InlineData("ip('127.0.0.1').family() + ip('::1').family()", "10")]
    [InlineData("isIP('127.0.0.01') || isIP('1.2.3') || isIP('::ffff:1.2.3.4') || isIP('fe80::1%eth0') || isIP('1::2::3')", "false")]
    [InlineData("ip.isCanonical('2001:DB8::ABCD') || !ip.isCanonical('2001:db8::abcd')", "false")]
    [InlineData("string(ip('2001:db8:0:0:0:0:2:1'))", "'2001:db8::2:1'")]
    [InlineData("string(ip('0:0:0:0:0:0:0:0')) + string(ip('1:0:0:2:0:0:0:3'))", "'::1:0:0:2::3'")]
    [InlineData("ip('169.254.169.254').isLinkLocalUnicast() && ip('fe80::1').isLinkLocalUnicast() && !ip('fd80::1').isLinkLocalUnicast()", "true")]
    [InlineData("ip('224.0.0.1').isLinkLocalMulticast() && !ip('224.0.1.1').isLinkLocalMulticast() && ip('ff02::1').isLinkLocalMulticast()", "true")]
    [InlineData("ip('192.168.0.1').isGlobalUnicast() && !ip('255.255.255.255').isGlobalUnicast() && !ip('ff00::1').isGlobalUnicast()", "true")]
    [InlineData("cidr('192.168.0.1/24').masked() == cidr('192.168.0.0/24') && cidr('192.168.0.1/24').ip() == ip('192.168.0.1')", "true")]
    [InlineData("cidr('192.168.0.0/24').containsIP('192.168.0.1') && !cidr('192.168.0.0/24').containsIP(ip('192.168.1.1'))", "true")]
    [InlineData("cidr('192.168.0.0/24').containsCIDR('192.168.0.0/25') && !cidr('192.168.0.0/24').containsCIDR('192.168.0.0/23')", "true")]
    [InlineData("isCIDR('192.168.0.0/33') || isCIDR('::1/129') || isCIDR('1.2.3.4') || isCIDR('1.2.3.4/08')", "false")]
    public void Addresses_and_networks(string source, string expected) => Assert.Equal(expected, Expressions.Show(source));
}
