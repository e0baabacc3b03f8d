using System.Runtime.InteropServices;
using System.Text;

namespace Kube.Kubelet.Runtime.Processes;

/// <summary>What a started program finds as one of its descriptors: a file that is opened for it, or a descriptor of ours.</summary>
internal readonly record struct SpawnStream(string? Path, int OpenFlags, int Descriptor)
{
    private const int OpenRead = 0;
    private const int OpenReadWrite = 2;
    private const int OpenAppendTo = 1 | 0x40 | 0x400;

    public static SpawnStream Nothing { get; } = new("/dev/null", OpenRead, -1);

    /// <summary>The file, created when it is not there; what is written goes to its end.</summary>
    public static SpawnStream Append(string path) => new(path, OpenAppendTo, -1);

    /// <summary>A terminal; for the leader of a new session, as all started programs are, it becomes the controlling one.</summary>
    public static SpawnStream Terminal(string path) => new(path, OpenReadWrite, -1);

    public static SpawnStream Copy(int descriptor) => new(null, 0, descriptor);
}

/// <summary>
/// Starts a program in a session of its own with default signal dispositions and none blocked, so that it inherits
/// nothing of the kubelet but what is named here.
/// </summary>
internal static class ProcessSpawner
{
    // Opaque libc structures; glibc's largest is 336 bytes, musl's are smaller.
    private const int OpaqueSizeBytes = 512;

    /// <summary>Starts <paramref name="path"/> and returns its process id; the caller reaps it with waitpid.</summary>
    /// <param name="streams">Its descriptors 0, 1, 2 and so on; they are made in this order, so that one may copy an earlier one.</param>
    /// <exception cref="IOException">The program could not be started; the message carries errno's text.</exception>
    public static unsafe int Start(
        string path,
        IReadOnlyList<string> arguments,
        IReadOnlyList<string> environment,
        params IReadOnlyList<SpawnStream> streams)
    {
        nint actions = Marshal.AllocHGlobal(OpaqueSizeBytes);
        nint attributes = Marshal.AllocHGlobal(OpaqueSizeBytes);
        nint signals = Marshal.AllocHGlobal(OpaqueSizeBytes);
        byte** argv = ToNative(arguments);
        byte** envp = ToNative(environment);
        try
        {
            Check(Native.SpawnActionsInit(actions), "file actions");
            Check(Native.SpawnAttributesInit(attributes), "attributes");
            for (int i = 0; i < streams.Count; i++)
            {
                Check(
                    streams[i].Path is { } file
                        ? Native.SpawnActionsAddOpen(actions, i, file, streams[i].OpenFlags, 0x1B0)
                        : Native.SpawnActionsAddDup(actions, streams[i].Descriptor, i),
                    "descriptor");
            }

            Native.SigEmptySet(signals);
            Check(Native.SpawnAttributesSetSigMask(attributes, signals), "signal mask");
            Native.SigFillSet(signals);
            Check(Native.SpawnAttributesSetSigDefault(attributes, signals), "signal defaults");
            const short Flags = Native.PosixSpawnSetSid | Native.PosixSpawnSetSigMask | Native.PosixSpawnSetSigDef;
            Check(Native.SpawnAttributesSetFlags(attributes, Flags), "flags");
            Check(Native.PosixSpawn(out int pid, path, actions, attributes, argv, envp), path);
            Native.SpawnActionsDestroy(actions);
            Native.SpawnAttributesDestroy(attributes);
            return pid;
        }
        finally
        {
            Free(argv);
            Free(envp);
            Marshal.FreeHGlobal(actions);
            Marshal.FreeHGlobal(attributes);
            Marshal.FreeHGlobal(signals);
        }
    }

    private static void Check(int error, string what)
    {
        if (error != 0)
        {
            throw new IOException($"{what}: {Marshal.GetPInvokeErrorMessage(error)}");
        }
    }

    private static unsafe byte** ToNative(IReadOnlyList<string> values)
    {
        byte** array = (byte**)NativeMemory.AllocZeroed((nuint)(values.Count + 1), (nuint)sizeof(byte*));
        for (int i = 0; i < values.Count; i++)
        {
            int size = Encoding.UTF8.GetByteCount(values[i]);
            array[i] = (byte*)NativeMemory.Alloc((nuint)size + 1);
            Encoding.UTF8.GetBytes(values[i], new Span<byte>(array[i], size));
            array[i][size] = 0;
        }

        return array;
    }

    private static unsafe void Free(byte** array)
    {
        for (byte** p = array; *p != null; p++)
        {
            NativeMemory.Free(*p);
        }

        NativeMemory.Free(array);
    }
}
