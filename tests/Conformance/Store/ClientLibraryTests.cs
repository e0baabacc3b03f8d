using Kube.Testing;

namespace Kube.Conformance.Tests.Store;

/// <summary>
/// Client libraries that others wrote, on a store of three members and on Debian's etcd, over mutual TLS: what they print of the
/// answers they got must be the same line by line.
/// </summary>
[Collection(SecureStores.Name)]
public sealed class ClientLibraryTests(SecureStores stores)
{
    [Fact]
    public async Task Python_etcd3()
    {
        // Distributions put their packages under the system's Python, which need not be the first one in the path.
        var python = File.Exists("/usr/bin/python3") ? "/usr/bin/python3" : "python3";
        await RequireAsync(python, ["-c", "import etcd3"], "python3-etcd3: apt-get install python3-etcd3");
        await SameAsync(python, Script("etcd3_client.py"), static endpoints => [new Uri(endpoints[^1]).Host, $"{new Uri(endpoints[^1]).Port}"]);
    }

    [Fact]
    public async Task Npm_etcd3()
    {
        // Where .ci/run installs it, beside the folder of this test's build.
        var library = Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "../../../tools/etcd3/node_modules/etcd3"));
        await RequireAsync("node", ["-e", $"require('{library}')"], $"node and, at {library}, npm's etcd3: see .ci/run");
        await SameAsync("node", Script("etcd3_client.js"), endpoints => [library, string.Join(',', endpoints)]);
    }

    private async Task SameAsync(string program, string script, Func<IReadOnlyList<string>, string[]> arguments)
    {
        Task<CommandResult> RunAsync(params IReadOnlyList<string> endpoints) => Command.RunAsync(
            program, [script, .. arguments(endpoints), stores.Pki.AuthorityFile, stores.Pki.CertificateFile("client"), stores.Pki.KeyFile("client")]);
        var (theirs, ours) = (RunAsync(stores.Etcd.Endpoint), RunAsync(stores.Store.Endpoints));
        var expected = (await theirs).Succeeded().Split('\n');
        var actual = (await ours).Succeeded().Split('\n');
        Assert.Equal("ok", actual[^2]);
        for (var line = 0; line < Math.Min(expected.Length, actual.Length); line++)
        {
            Assert.Equal(expected[line], actual[line]);
        }
        Assert.Equal(expected.Length, actual.Length);
    }

    private static string Script(string name) => Path.Combine(AppContext.BaseDirectory, "Store", "Clients", name);

    private static async Task RequireAsync(string program, string[] probe, string what)
    {
        CommandResult result;
        try
        {
            result = await Command.RunAsync(program, probe);
        }
        catch (Exception e) when (e is System.ComponentModel.Win32Exception or InvalidOperationException)
        {
            throw new InvalidOperationException($"needs {what} ({e.Message})", e);
        }
        Assert.True(result.ExitCode == 0, $"needs {what}\n{result.Error}");
    }
}
