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
