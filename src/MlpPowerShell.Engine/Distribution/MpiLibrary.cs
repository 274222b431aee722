using System.Runtime.InteropServices;
using System.Text;

namespace MlpPowerShell.Engine.Distribution;

/// <summary>
/// The machine's own MPI, bound when it is first asked for: Open MPI, or MPICH and the family that shares its ABI (Intel MPI, MS-MPI and
/// others).
/// </summary>
/// <remarks>
/// The two families differ in what a handle is: a pointer to an object of the library, or a number. Both go where a pointer goes, as
/// numbers are passed in registers. Functions as in the MPI standard, version 3.1; each returns 0 where it succeeds.
/// </remarks>
internal sealed unsafe partial class MpiLibrary
{
    /// <summary>Calls from any thread, one at a time.</summary>
    public const int ThreadSerialized = 2;

    /// <summary>The variable that names the library to take.</summary>
    public const string PathVariable = "MLP_MPI_LIBRARY";

    private const int ErrorTextLength = 1024;
    private const int VersionTextLength = 8192;

    private static readonly string[] _openMpi = ["libmpi.so.40", "libmpi.40.dylib"];
    private static readonly string[] _mpich = ["libmpich.so.12", "libmpi.so.12", "libmpi.12.dylib", "msmpi.dll", "impi.dll"];
    private static readonly string[] _any = ["libmpi.so", "libmpi.dylib"];

    private readonly nint _library;
    private readonly bool _isOpenMpi;
    private readonly delegate* unmanaged[Cdecl]<int, byte*, int*, int> _errorString;

    private MpiLibrary(nint library, string path)
    {
        _library = library;
        Path = path;
        _isOpenMpi = NativeLibrary.TryGetExport(library, "ompi_mpi_comm_world", out _);
        InitThread = (delegate* unmanaged[Cdecl]<int*, byte***, int, int*, int>)Function("MPI_Init_thread");
        Initialized = (delegate* unmanaged[Cdecl]<int*, int>)Function("MPI_Initialized");
        FinalizeAll = (delegate* unmanaged[Cdecl]<int>)Function("MPI_Finalize");
        Abort = (delegate* unmanaged[Cdecl]<nint, int, int>)Function("MPI_Abort");
        CommRank = (delegate* unmanaged[Cdecl]<nint, int*, int>)Function("MPI_Comm_rank");
        CommSize = (delegate* unmanaged[Cdecl]<nint, int*, int>)Function("MPI_Comm_size");
        CommSetErrorHandler = (delegate* unmanaged[Cdecl]<nint, nint, int>)Function("MPI_Comm_set_errhandler");
        AllReduce = (delegate* unmanaged[Cdecl]<nint, void*, int, nint, nint, nint, nint*, int>)Function("MPI_Iallreduce");
        AllGather = (delegate* unmanaged[Cdecl]<void*, int, nint, void*, int, nint, nint, nint*, int>)Function("MPI_Iallgather");
        Broadcast = (delegate* unmanaged[Cdecl]<void*, int, nint, int, nint, nint*, int>)Function("MPI_Ibcast");
        Test = (delegate* unmanaged[Cdecl]<nint*, int*, nint, int>)Function("MPI_Test");
        _errorString = (delegate* unmanaged[Cdecl]<int, byte*, int*, int>)Function("MPI_Error_string");
        World = Handle("ompi_mpi_comm_world", 0x44000000);
        Byte = Handle("ompi_mpi_byte", 0x4c00010d);
        Float = Handle("ompi_mpi_float", 0x4c00040a);
        Double = Handle("ompi_mpi_double", 0x4c00080b);
        Sum = Handle("ompi_mpi_op_sum", 0x58000003);
        ErrorsReturn = Handle("ompi_mpi_errors_return", 0x54000001);
        InPlace = _isOpenMpi ? 1 : -1;
        IgnoreStatus = _isOpenMpi ? 0 : 1;
        Version = VersionText();
    }

    /// <summary>What was loaded.</summary>
    public string Path { get; }

    /// <summary>How the library calls itself: Open MPI v4.1.4.</summary>
    public string Version { get; }

    public delegate* unmanaged[Cdecl]<int*, byte***, int, int*, int> InitThread { get; }

    public delegate* unmanaged[Cdecl]<int*, int> Initialized { get; }

    public delegate* unmanaged[Cdecl]<int> FinalizeAll { get; }

    public delegate* unmanaged[Cdecl]<nint, int, int> Abort { get; }

    public delegate* unmanaged[Cdecl]<nint, int*, int> CommRank { get; }

    public delegate* unmanaged[Cdecl]<nint, int*, int> CommSize { get; }

    public delegate* unmanaged[Cdecl]<nint, nint, int> CommSetErrorHandler { get; }

    public delegate* unmanaged[Cdecl]<nint, void*, int, nint, nint, nint, nint*, int> AllReduce { get; }

    public delegate* unmanaged[Cdecl]<void*, int, nint, void*, int, nint, nint, nint*, int> AllGather { get; }

    public delegate* unmanaged[Cdecl]<void*, int, nint, int, nint, nint*, int> Broadcast { get; }

    public delegate* unmanaged[Cdecl]<nint*, int*, nint, int> Test { get; }

    public nint World { get; }

    public nint Byte { get; }

    public nint Float { get; }

    public nint Double { get; }

    public nint Sum { get; }

    public nint ErrorsReturn { get; }

    /// <summary>In the place of a buffer: the values to combine are where the result goes.</summary>
    public nint InPlace { get; }

    /// <summary>In the place of a status that nobody wants.</summary>
    public nint IgnoreStatus { get; }

    /// <summary>Loads the library that the variable names, or else the first that is there, those of the launcher's family first.</summary>
    /// <exception cref="MlpException">There is none, or it is no MPI.</exception>
    public static MpiLibrary Load(bool launchedByOpenMpi)
    {
        if (Environment.GetEnvironmentVariable(PathVariable) is { Length: > 0 } path)
        {
            return NativeLibrary.TryLoad(path, out nint given)
                ? new MpiLibrary(given, path)
                : throw new MlpException(
                    "MpiNotFound",
                    MlpErrorKind.NotFound,
                    $"$env:{PathVariable} is {path}, and that can't be loaded; it must be the MPI library, such as "
                    + $"/usr/lib/x86_64-linux-gnu/libmpi.so.40.");
        }

        string[] names = launchedByOpenMpi ? [.. _openMpi, .. _mpich, .. _any] : [.. _mpich, .. _openMpi, .. _any];
        foreach (string name in names)
        {
            if (NativeLibrary.TryLoad(name, out nint library))
                return new MpiLibrary(library, name);
        }

        throw new MlpException(
            "MpiNotFound",
            MlpErrorKind.NotFound,
            $"There is no MPI on this machine: none of {string.Join(", ", names)} can be loaded. Install Open MPI (openmpi-bin) or "
            + $"MPICH (mpich), or name the library in $env:{PathVariable}.");
    }

    /// <summary>
    /// Has each rank add up its part of what they sum (Rabenseifner's algorithm), where Open MPI would have one of them add up all: between
    /// two ranks, and of numbers that are summed in their place. To be called before the library is initialized; what a user has chosen
    /// stays.
    /// </summary>
    public void DivideSums()
    {
        if (_isOpenMpi)
            _ = SetNativeVariable("OMPI_MCA_coll_libnbc_iallreduce_algorithm", "3", overwrite: 0);
    }

    /// <summary>Checks what a function returned.</summary>
    /// <exception cref="MlpException">It failed.</exception>
    public void Check(int code)
    {
        if (code == 0)
            return;
        byte* text = stackalloc byte[ErrorTextLength];
        int length = 0;
        string what = _errorString(code, text, &length) == 0 ? Encoding.UTF8.GetString(text, length) : $"error {code}";
        throw new MlpException("RankLost", MlpErrorKind.Unavailable, $"The ranks can't reach each other any more: {what} ({Version}).");
    }

    // The variables of .NET are a copy that libraries don't see. There is no Open MPI where there is no libc.
    [LibraryImport("libc", EntryPoint = "setenv", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int SetNativeVariable(string name, string value, int overwrite);

    private nint Function(string name) => NativeLibrary.TryGetExport(_library, name, out nint address)
        ? address
        : throw new MlpException(
            "MpiNotFound", MlpErrorKind.InvalidData, $"{Path} is no MPI of version 3 or later: it has no function {name}.");

    private nint Handle(string symbol, int number) => _isOpenMpi ? NativeLibrary.GetExport(_library, symbol) : number;

    private string VersionText()
    {
        var function = (delegate* unmanaged[Cdecl]<byte*, int*, int>)Function("MPI_Get_library_version");
        byte* text = stackalloc byte[VersionTextLength];
        int length = 0;
        return function(text, &length) == 0 ? Encoding.UTF8.GetString(text, length).Split(',', '\n', '\0')[0].Trim() : Path;
    }
}
