using System.Diagnostics;
using MlpPowerShell.Engine.Kernels;

namespace MlpPowerShell.Engine.Tests;

/// <summary>
/// How processes that train at the same time share the processors. Each share here stands for a process, as locks on files do not tell one
/// from two.
/// </summary>
public sealed class ProcessorShareTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("mlp-share-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Processes_that_train_divide_the_processors_and_give_them_back()
    {
        ProcessorShare first = Process(), second = Process(), third = Process();
        Assert.Equal(8, first.Threads);

        IDisposable firstTraining = first.Take();
        Assert.Equal(8, first.Threads);

        IDisposable secondTraining = second.Take();
        Assert.Equal(4, second.Threads);
        Becomes(4, first);

        IDisposable thirdTraining = third.Take();
        Assert.Equal(2, third.Threads);

        // The place in the middle is free, and the one behind it still counts.
        secondTraining.Dispose();
        Becomes(4, third);
        firstTraining.Dispose();
        Becomes(8, third);
        thirdTraining.Dispose();
    }

    [Fact]
    public void Trainings_of_one_process_count_once_until_the_last_ends()
    {
        ProcessorShare one = Process(), other = Process();
        IDisposable training = one.Take(), another = one.Take();
        using IDisposable elsewhere = other.Take();
        Assert.Equal(4, other.Threads);

        training.Dispose();
        training.Dispose();
        Becomes(4, one);
        another.Dispose();
        Becomes(8, other);
    }

    [Fact]
    public void There_is_always_one_thread()
    {
        ProcessorShare[] many = [.. Enumerable.Range(0, 9).Select(_ => Process())];
        IDisposable[] trainings = [.. many.Select(process => process.Take())];
        Assert.Equal(1, many[^1].Threads);
        Array.ForEach(trainings, training => training.Dispose());
    }

    [Fact]
    public void Without_a_folder_each_process_takes_all()
    {
        string file = Path.Combine(_folder, "file");
        File.WriteAllText(file, "no folder");
        var share = new ProcessorShare(Path.Combine(file, "places"), processors: 8);
        using IDisposable training = share.Take();
        Assert.Equal(8, share.Threads);
    }

    [Fact]
    public void A_folder_is_the_users_alone_and_no_link_is_followed()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no modes, and a folder for temporary files for each user.");
        using (Process().Take())
        {
            const UnixFileMode Owner = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
            UnixFileMode? mode = OperatingSystem.IsWindows() ? null : File.GetUnixFileMode(Path.Combine(_folder, "places"));
            Assert.Equal(Owner, mode);
        }

        string elsewhere = Directory.CreateDirectory(Path.Combine(_folder, "elsewhere")).FullName;
        string link = Path.Combine(_folder, "link");
        Directory.CreateSymbolicLink(link, elsewhere);
        using IDisposable training = new ProcessorShare(Path.Combine(link, "places"), processors: 8).Take();
        Assert.Empty(Directory.GetFileSystemEntries(elsewhere));
    }

    [Fact]
    public void Files_that_are_no_places_are_nobody()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Elsewhere, what lies at a path can't be told without opening it.");
        string places = Directory.CreateDirectory(Path.Combine(_folder, "places")).FullName;
        string target = Path.Combine(_folder, "target");
        File.CreateSymbolicLink(Path.Combine(places, "0"), target);
        System.Diagnostics.Process.Start("mkfifo", [Path.Combine(places, "1")]).WaitForExit();
        ProcessorShare one = Process(), other = Process();
        Assert.Equal(8, one.Threads);
        using IDisposable training = one.Take();
        Assert.Equal(8, one.Threads);
        using IDisposable another = other.Take();
        Assert.Equal(4, other.Threads);
        Assert.False(File.Exists(target));
    }

    private static void Becomes(int threads, ProcessorShare share)
    {
        // Others are looked for twice a second.
        var waited = Stopwatch.StartNew();
        while (share.Threads != threads && waited.Elapsed < TimeSpan.FromSeconds(30))
            Thread.Sleep(20);
        Assert.Equal(threads, share.Threads);
    }

    private ProcessorShare Process() => new(Path.Combine(_folder, "places"), processors: 8);
}
