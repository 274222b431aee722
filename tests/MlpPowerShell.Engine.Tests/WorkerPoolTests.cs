using MlpPowerShell.Engine.Kernels;

namespace MlpPowerShell.Engine.Tests;

public class WorkerPoolTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void Whatever_a_unit_throws_reaches_the_caller_and_leaves_the_pool_usable(int threads)
    {
        var pool = new WorkerPool();
        foreach (Exception failure in new Exception[]
        {
            new InsufficientMemoryException(), new InvalidOperationException(), new OperationCanceledException()
        })
        {
            for (int bad = 0; bad < 8; bad++)
            {
                Exception thrown = Assert.ThrowsAny<Exception>(() => pool.Run(8, threads, (unit, _) =>
                {
                    if (unit == bad)
                        throw failure;
                }));
                Assert.Same(failure, thrown);
                AssertRunsAll(pool, threads);
            }
        }
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(1, 3)]
    [InlineData(8, 1)]
    [InlineData(8, 3)]
    public void Units_can_not_share_out_work_of_their_own(int units, int threads)
    {
        var pool = new WorkerPool();
        int refused = 0;
        pool.Run(units, threads, (_, _) =>
        {
            _ = Assert.Throws<InvalidOperationException>(() => pool.Run(4, 2, (_, _) => { }));
            Interlocked.Increment(ref refused);
        });
        Assert.Equal(units, refused);
        AssertRunsAll(pool, threads);
    }

    private static void AssertRunsAll(WorkerPool pool, int threads)
    {
        var runs = new int[100];
        pool.Run(runs.Length, threads, (unit, worker) =>
        {
            Assert.InRange(worker, 0, threads - 1);
            Interlocked.Increment(ref runs[unit]);
        });
        Assert.All(runs, times => Assert.Equal(1, times));
    }
}
