using System.Diagnostics;

namespace MlpPowerShell.Tests;

/// <summary>A training that is killed again and again, at moments drawn at random.</summary>
public sealed class KillTests : IDisposable
{
    private const int Kills = 100;

    private readonly Session _session = new();

    public void Dispose() => _session.Dispose();

    [Fact(Explicit = true)]
    public void A_training_killed_a_hundred_times_ends_as_if_it_never_was()
    {
        string path = Path.Combine(_session.Folder, "run.safetensors");
        string child = Training(seed: 1, "-CheckpointPath run.safetensors -CheckpointEvery 2 -Resume");
        string expected = Result(Training(seed: 1, string.Empty));

        var random = new Random(1);
        int done = 0, progress = 0;
        for (int kills = 0; kills < Kills;)
        {
            using Process process = ShellTests.Start(_session.Folder, 80, "-Command", child);

            // Some epochs, however long they take on this machine, and then a moment more.
            string last = string.Empty;
            for (int lines = 1 + random.Next(16); lines > 0 && process.StandardOutput.ReadLine() is { } line; lines--)
                last = line;
            if (process.WaitForExit(random.Next(30)))
            {
                // It came to its end, so that the next one begins again.
                Assert.Equal(expected, $"{last}\n{process.StandardOutput.ReadToEnd()}".Trim().Split('\n')[^1]);
                File.Delete(path);
                done = 0;
                continue;
            }

            process.Kill();
            process.WaitForExit();
            kills++;

            // Whatever the moment, the checkpoint is whole, and no older than before.
            int epochs = File.Exists(path) ? _session.Run1<int>("(Import-MlpModel run.safetensors).EpochsTrained") : 0;
            Assert.True(
                epochs >= done && epochs % 2 == 0, $"After kill {kills} the checkpoint has {epochs} epochs, and had {done} before.");
            progress += epochs > done ? 1 : 0;
            done = epochs;
        }

        // Most of them were killed in the midst of a training that had come further than the one before.
        Assert.True(progress > Kills / 2, $"Only {progress} of {Kills} came further before they were killed.");
        Assert.Equal(expected, Result(Training(seed: 2, "-CheckpointPath run.safetensors -CheckpointEvery 2 -Resume")));
    }

    private string Result(string script) => _session.Run(script)[^1].ToString();

    /// <summary>A training of some seconds, checkpoints included, that writes its epochs and what it came to.</summary>
    private static string Training(int seed, string more) => $$"""
        $data = Import-Mnist -First 500
        $model = New-MlpModel 48 -Dataset $data -Seed {{seed}}
        $training = @{ Epochs = 400; LearningRate = 0.001; BatchSize = 100; Optimizer = 'Adam'; Schedule = 'Cosine'; Dropout = 0.2
            ValidationFraction = 0.2; RestoreBest = $true; Seed = 1 }
        Invoke-MlpTraining $model $data @training {{more}} | ForEach-Object Epoch
        $norm = $model.Layers[0].Weights.FrobeniusNorm()
        '{0} {1} {2}' -f $model.History.Count, $model.History[-1].ValidationLoss.ToString('R'), $norm.ToString('R')
        """;
}
