using Kube.Robustness.Chaos.Isolation;

namespace Kube.Robustness.Chaos.Cluster;

/// <summary>
/// The wall clock of one member, which jumps on demand: a small library preloaded into the process reads the offset
/// from a file that this class writes. It needs a C compiler and a program that asks libc for the time; .NET does,
/// Go does not. The monotonic clock cannot be moved this way, nor in another that leaves the machine's own alone.
/// </summary>
internal sealed class MemberClock
{
    private readonly string _library;
    private readonly string _offsetFile;

    private MemberClock(string library, string offsetFile)
    {
        _library = library;
        _offsetFile = offsetFile;
        Set(TimeSpan.Zero);
    }

    /// <summary>Compiles the library; null and the reason where that cannot be.</summary>
    public static async Task<(string? Library, string? Obstacle)> CompileAsync(string directory)
    {
        if (!Tool.Exists("cc"))
        {
            return (null, "no C compiler (cc) is installed");
        }

        var source = Path.Combine(directory, "clock.c");
        await using (var text = typeof(MemberClock).Assembly.GetManifestResourceStream("clock.c")!)
        await using (var file = File.Create(source))
        {
            await text.CopyToAsync(file);
        }

        var library = Path.Combine(directory, "clock.so");
        await Tool.RunAsync("cc", "-O2", "-shared", "-fPIC", "-o", library, source, "-ldl");
        return (library, null);
    }

    public static MemberClock Create(string library, string offsetFile) => new(library, offsetFile);

    /// <summary>Environment of the process.</summary>
    public IReadOnlyList<string> Environment => [$"LD_PRELOAD={_library}", $"KUBE_CHAOS_CLOCK={_offsetFile}"];

    /// <summary>Lets the clock jump to the true time plus an offset, at once.</summary>
    public void Set(TimeSpan offset)
    {
        using var file = File.Open(_offsetFile, FileMode.OpenOrCreate, FileAccess.Write, FileShare.ReadWrite);
        file.Write(BitConverter.GetBytes((long)offset.TotalNanoseconds));
    }
}
