using System.Runtime.InteropServices;

namespace MlpPowerShell.Engine;

/// <summary>
/// What lies at a path on Linux, by its entry in the file system, which .NET does not tell without opening it: and to open a pipe waits
/// for whoever writes to it.
/// </summary>
/// <param name="Mode">The kind and the permissions, as in stat(2).</param>
/// <param name="Owner">The number of the user whose it is.</param>
internal readonly partial record struct UnixPath(ushort Mode, uint Owner)
{
    // linux/fcntl.h, linux/stat.h: the same for all processors.
    private const int CurrentFolder = -100;
    private const int NoFollow = 0x100;
    private const uint TypeModeAndOwner = 1 | 2 | 8;
    private const int OwnerPlace = 20;
    private const int ModePlace = 28;
    private const int Size = 256;
    private const int KindMask = 0xF000;
    private const int PipeKind = 0x1000;
    private const int CharacterKind = 0x2000;
    private const int FolderKind = 0x4000;
    private const int BlockKind = 0x6000;
    private const int FileKind = 0x8000;
    private const int SocketKind = 0xC000;
    private const int OthersMask = 0b111_111;

    /// <summary>Whether it is an ordinary file.</summary>
    public bool IsFile => (Mode & KindMask) == FileKind;

    /// <summary>Whether it is a folder, and no link to one.</summary>
    public bool IsFolder => (Mode & KindMask) == FolderKind;

    /// <summary>Whether this process's user owns it, and nobody else may do anything with it.</summary>
    public bool IsOursAlone => IsOurs && (Mode & OthersMask) == 0;

    /// <summary>Whether this process's user owns it.</summary>
    public bool IsOurs => Owner == GetUser();

    /// <summary>What it is, in a word, where it is neither file nor folder; else null.</summary>
    public string? Oddity => (Mode & KindMask) switch
    {
        PipeKind => "pipe",
        CharacterKind or BlockKind => "device",
        SocketKind => "socket",
        _ => null,
    };

    /// <summary>Looks at a path; null where nothing is there, or the system is not Linux.</summary>
    /// <param name="path">The path.</param>
    /// <param name="followsLinks">Whether to look at what a link leads to, or at the link.</param>
    public static unsafe UnixPath? Of(string path, bool followsLinks)
    {
        if (!OperatingSystem.IsLinux())
            return null;
        byte* entry = stackalloc byte[Size];
        return Look(CurrentFolder, path, followsLinks ? 0 : NoFollow, TypeModeAndOwner, entry) == 0
            ? new UnixPath(*(ushort*)(entry + ModePlace), *(uint*)(entry + OwnerPlace))
            : null;
    }

    [LibraryImport("libc", EntryPoint = "statx", StringMarshalling = StringMarshalling.Utf8)]
    private static unsafe partial int Look(int folder, string path, int flags, uint mask, byte* entry);

    [LibraryImport("libc", EntryPoint = "geteuid")]
    private static partial uint GetUser();
}
