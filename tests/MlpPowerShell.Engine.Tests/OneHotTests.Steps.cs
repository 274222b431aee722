using MathNet.Numerics.LinearAlgebra;
using MlpPowerShell.Engine.Kernels;
using MlpPowerShell.Engine.Network;
using MlpPowerShell.Engine.Optimizers;
using MlpPowerShell.Engine.Training;

namespace MlpPowerShell.Engine.Tests;

/// <summary>What a step moves, and what it costs.</summary>
public sealed partial class OneHotTests
{
    [Theory]
    [MemberData(nameof(TrainingTests.Optimizers), MemberType = typeof(TrainingTests))]
    public void A_step_moves_the_weights_of_its_batch_alone(OptimizerKind kind)
    {
        // A sample a batch, each with a category of its own: what the first step made of the first one's weights, the others leave alone.
        var optimizer = new OptimizerOptions { Kind = kind, WeightDecay = 0 };
        TrainingOptions options = _options with { Epochs = 1, BatchSize = 1, NoShuffle = true, Optimizer = optimizer };
        var whole = new OneHotTwins(new Random(7), 5, 2, [8], [33]);
        Matrix<float> before = whole.Sparse.Layers[0].Weights.Clone();
        _ = OneHotTwins.Train(whole.Sparse, whole.Codes, options).Count();
        Matrix<float> after = whole.Sparse.Layers[0].Weights;
        for (int count = 1; count <= 5; count++)
        {
            var some = new OneHotTwins(new Random(7), 5, 2, [8], [33]);
            _ = OneHotTwins.Train(some.Sparse, OneHotTwins.Take(some.Codes, count), options).Count();
            int input = 2 + count - 1;
            Assert.Equal(after.Column(input), some.Sparse.Layers[0].Weights.Column(input));
            Assert.All(before.Column(input).Zip(after.Column(input)), pair => Assert.NotEqual(pair.First, pair.Second));
        }

        for (int input = 2 + 5; input < 2 + 8; input++)
            Assert.Equal(before.Column(input), after.Column(input));
    }

    [Theory]
    [InlineData(OptimizerKind.AdamW, 1)]
    [InlineData(OptimizerKind.Lion, 1)]
    [InlineData(OptimizerKind.Sgd, 1)]
    [InlineData(OptimizerKind.Adam, 0)]
    [InlineData(OptimizerKind.Momentum, 0)]
    public void A_category_that_never_comes_decays_in_each_step(OptimizerKind kind, int decays)
    {
        // 700 samples in batches of 33 are 22 steps an epoch.
        const double Rate = 0.05, Decay = 0.1, L1 = 0.02;
        (OneHotTwins twins, int[] unused) = WithUnused(0.5f, 700);
        var optimizer = new OptimizerOptions { Kind = kind, WeightDecay = Decay, L1 = L1 };
        foreach (MlpEpoch epoch in OneHotTwins.Train(
            twins.Sparse, twins.Codes, _options with { Epochs = 3, LearningRate = Rate, Optimizer = optimizer }))
        {
            double expected = 0.5;
            for (int step = 0; step < 22 * epoch.Epoch; step++)
                expected = Math.Max(0, (expected * (1 - (decays * Rate * Decay))) - (Rate * L1));
            foreach (int input in unused)
                Assert.All(twins.Sparse.Layers[0].Weights.Column(input), weight => Assert.Equal(expected, weight, 1e-6));
        }
    }

    [Fact]
    public unsafe void What_a_step_costs_depends_on_its_batch()
    {
        const int Categories = 10_000, Batch = 32, Units = 64;
        var twins = new OneHotTwins(new Random(8), 320, 1, [Categories], [Units]);
        var layout = new ParameterLayout(twins.Sparse, Kernel.Best);
        var gradient = new AlignedBuffer(layout.Length);
        var network = new BackwardPass(layout, Batch, 2);
        var options = new TrainingOptions { Epochs = 1, LearningRate = 0.1, Optimizer = new() { Kind = OptimizerKind.Adam } };
        var optimizer = new Optimizer(OptimizerKind.Adam, layout.Length);
        var steps = new WeightSteps(layout, network.Parts, optimizer, options, gradient, network.OneHot);
        steps.Load(twins.Sparse);
        var listener = new GradientListener { PartDone = steps.UpdatePart };
        long dense = layout.OneHot.Offset;
        for (int start = 0; start < 320; start += Batch)
        {
            float[] before = new Span<float>(steps.Weights.Pointer, (int)layout.Length).ToArray();
            steps.Begin(0.1, 1);
            network.Gradient(new Batch(twins.Codes, null, start, Batch), steps.Weights, gradient, listener);
            steps.UpdateOneHot(2);
            Assert.True(steps.TryEnd(steps.Weights));
            Assert.Equal(Batch, network.OneHot!.Count);
            Assert.Equal(Batch * Units, Changed(before, steps.Weights.Pointer));
            network.OneHot.Spread(gradient);
            Assert.Equal(Batch * (Units + 1), Changed(new float[layout.Length], gradient.Pointer));
            Assert.Equal((start + Batch) * Units, Changed(new float[layout.Length], optimizer.Second!.Pointer));

            // A step that is taken back leaves no trace either.
            if (start + Batch == 320)
            {
                steps.TakeBack();
                Assert.Equal(before, new Span<float>(steps.Weights.Pointer, (int)layout.Length).ToArray());
            }
        }

        int Changed(float[] from, float* to)
        {
            int changed = 0;
            for (long i = dense; i < layout.Length; i++)
                changed += from[i] != to[i] ? 1 : 0;
            return changed;
        }
    }
}
