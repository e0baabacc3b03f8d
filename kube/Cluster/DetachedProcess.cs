using System.ComponentModel;
using System.Runtime.InteropServices;

namespace Kube.Cluster;

/// <summary>
/// Starts a process in a session of its own, its output appended to a file, so that it outlives this one.
/// System.Diagnostics.Process offers neither, hence posix_spawn(3).
/// </summary>
internal static partial class DetachedProcess
{
    private const short SetSession = 0x80; // POSIX_SPAWN_SETSID of glibc's <spawn.h>
    private const int ReadOnly = 0;
    private const int WriteCreateAppend = 0x1 | 0x40 | 0x400; // O_WRONLY | O_CREAT | O_APPEND
    private const int OwnerOnly = 0x180; // 0600
    private const int NoHang = 1;

    // The structs are opaque; glibc's are 80 and 336 bytes.
    private const int OpaqueBytes = 512;

    /// <summary>Starts the process.</summary>
    /// <param name="executable">Absolute path.</param>
    /// <param name="arguments">Arguments without the program's name.</param>
    /// <param name="environment">Variables added to this process's own.</param>
    /// <param name="outputFile">Receives standard output and error.</param>
    /// <returns>The process id. The process is this one's child until this one ends.</returns>
    /// <exception cref="Win32Exception">The process could not be started.</exception>
    public static unsafe int Start(
        string executable,
        IReadOnlyList<string> arguments,
        IReadOnlyDictionary<string, string> environment,
        string outputFile)
    {
        var variables = Environment.GetEnvironmentVariables();
        foreach (var (name, value) in environment)
        {
            variables[name] = value;
        }

        var argv = ToNative([executable, .. arguments]);
        var envp = ToNative([.. variables.Keys.Cast<string>().Select(name => $"{name}={variables[name]}")]);
        var actions = stackalloc byte[OpaqueBytes];
        var attributes = stackalloc byte[OpaqueBytes];
        Check(posix_spawn_file_actions_init(actions));
        Check(posix_spawnattr_init(attributes));
        try
        {
            Check(posix_spawn_file_actions_addopen(actions, 0, "/dev/null", ReadOnly, 0));
            Check(posix_spawn_file_actions_addopen(actions, 1, outputFile, WriteCreateAppend, OwnerOnly));
            Check(posix_spawn_file_actions_adddup2(actions, 1, 2));
            Check(posix_spawnattr_setflags(attributes, SetSession));
            fixed (nint* argvPointer = argv, envpPointer = envp)
            {
                Check(posix_spawn(out var pid, executable, actions, attributes, argvPointer, envpPointer));
                return pid;
            }
        }
        finally
        {
            _ = posix_spawn_file_actions_destroy(actions);
            _ = posix_spawnattr_destroy(attributes);
            Free(argv);
            Free(envp);
        }
    }

    /// <summary>
    /// The exit code of a child of this process if it has ended (128 plus the signal if one ended it), else null.
    /// Reaps it: a second call for the same child finds nothing.
    /// </summary>
    public static int? Reap(int pid)
    {
        if (waitpid(pid, out var status, NoHang) != pid)
        {
            return null;
        }

        var signal = status & 0x7F;
        return signal == 0 ? (status >> 8) & 0xFF : 128 + signal;
    }

    /// <summary>Sends a signal. False when there is no such process.</summary>
    public static bool Signal(int pid, PosixSignalNumber signal) => kill(pid, (int)signal) == 0;

    private static nint[] ToNative(string[] values)
    {
        var native = new nint[values.Length + 1];
        for (var i = 0; i < values.Length; i++)
        {
            native[i] = Marshal.StringToCoTaskMemUTF8(values[i]);
        }

        return native;
    }

    private static void Free(nint[] native)
    {
        foreach (var pointer in native)
        {
            Marshal.FreeCoTaskMem(pointer);
        }
    }

    private static void Check(int error)
    {
        if (error != 0)
        {
            throw new Win32Exception(error);
        }
    }

    [LibraryImport("libc")]
    private static unsafe partial int posix_spawn_file_actions_init(byte* actions);

    [LibraryImport("libc")]
    private static unsafe partial int posix_spawn_file_actions_destroy(byte* actions);

    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8)]
    private static unsafe partial int posix_spawn_file_actions_addopen(byte* actions, int descriptor, string path, int flags, int mode);

    [LibraryImport("libc")]
    private static unsafe partial int posix_spawn_file_actions_adddup2(byte* actions, int from, int to);

    [LibraryImport("libc")]
    private static unsafe partial int posix_spawnattr_init(byte* attributes);

    [LibraryImport("libc")]
    private static unsafe partial int posix_spawnattr_destroy(byte* attributes);

    [LibraryImport("libc")]
    private static unsafe partial int posix_spawnattr_setflags(byte* attributes, short flags);

    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8)]
    private static unsafe partial int posix_spawn(
        out int pid, string path, byte* actions, byte* attributes, nint* argv, nint* envp);

    [LibraryImport("libc")]
    private static partial int waitpid(int pid, out int status, int options);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int kill(int pid, int signal);
}

/// <summary>Signal numbers of Linux.</summary>
internal enum PosixSignalNumber
{
    Kill = 9,
    Terminate = 15,
    Continue = 18,
    Stop = 19,
}
