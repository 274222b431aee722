using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;
using MlpPowerShell.Engine.Data;
using MlpPowerShell.Engine.Evaluation;
using MlpPowerShell.Engine.Files;
using MlpPowerShell.Engine.Kernels;
using MlpPowerShell.Engine.Network;

namespace MlpPowerShell.Parity;

/// <summary>Runs a model by ONNX Runtime, and compares with what the engine predicts.</summary>
public static class OnnxRun
{
    private const int Nudges = 3;

    // ONNX Runtime's sigmoid has the absolute accuracy of float32, not the relative one: it ends at 1.5e-8 on its way to 0, at -18.
    private const float SigmoidError = 1.5e-8f, SigmoidEnd = 18;

    /// <summary>Says how far off the farthest output is; null where rounding explains it.</summary>
    /// <param name="network">What the model learned from, which it predicts.</param>
    /// <param name="model">The model.</param>
    /// <param name="path">Where its file goes.</param>
    public static string? Difference(NetworkCase network, MlpModel model, string path)
    {
        MlpDataset data = network.Dataset();
        double[] outputs = Outputs(model, data), moved = new double[outputs.Length];
        for (int i = 0; i < Nudges; i++)
        {
            double[] nudged = Outputs(Nudged(model, new Random(i)), data);
            for (int j = 0; j < outputs.Length; j++)
                moved[j] = Math.Max(moved[j], Math.Abs(nudged[j] - outputs[j]));
        }

        // The sigmoid of outputs too.
        double least = outputs.Max(Math.Abs) / (1 << 23);
        for (int j = 0; j < moved.Length; j++)
            moved[j] = Math.Max(moved[j], least);
        ModelFile.Write(model, path);
        using var session = new InferenceSession(path);
        float[] features = [.. Enumerable.Range(0, data.Count).SelectMany(data.GetSample)];
        using var results =
            session.Run([NamedOnnxValue.CreateFromTensor("features", new DenseTensor<float>(features, [data.Count, network.Sizes[0]]))]);
        string name = model.Loss.IsRegression() ? "prediction" : "probabilities";
        double[] actual = [.. results.Single(result => result.Name == name).AsEnumerable<float>().Select(value => (double)value)];
        return new ReferenceFigure(outputs, moved).Difference("outputs of ONNX Runtime", actual);
    }

    private static double[] Outputs(MlpModel model, MlpDataset data)
    {
        var outputs = new float[data.Count * model.OutputSize];
        new MlpPredictor(model).Predict(data, 0, data.Count, outputs);

        // ONNX has the probabilities of classes, also where the outputs are those of what lies above them.
        var answers = new float[data.Count * (model.OutputSize + (model.Output.IsCumulative ? 1 : 0))];
        int width = answers.Length / data.Count;
        for (int i = 0; i < data.Count; i++)
            OutputScorer.CopyProbabilities(outputs.AsSpan(i * model.OutputSize, model.OutputSize), answers.AsSpan(i * width, width));
        return Array.ConvertAll(answers, answer => (double)answer);
    }

    /// <summary>
    /// A copy whose weights and biases are moved by up to a unit in the last place, biases behind a SiLU also by what the absolute error
    /// of ONNX Runtime's sigmoid becomes there.
    /// </summary>
    private static MlpModel Nudged(MlpModel model, Random random)
    {
        MlpModel copy = model.Copy();
        foreach (LayerParameter parameter in copy.Parameters)
        {
            for (int i = 0; i < parameter.Values.Length; i++)
                parameter.Values[i] *= 1 + ((random.NextSingle() - 0.5f) / (1 << 22));
        }

        foreach ((MlpLayer before, MlpLayer layer) in copy.Layers.Zip(copy.Layers.Skip(1)))
        {
            if (before.Activation == Activation.Named("SiLU"))
                MoveBiases(layer, random);
        }

        return copy;
    }

    private static void MoveBiases(MlpLayer layer, Random random)
    {
        float[] biases = [.. layer.Biases];
        for (int i = 0; i < biases.Length; i++)
            biases[i] += (float)(((2 * random.NextSingle()) - 1) * SigmoidError * SigmoidEnd * layer.Weights.Row(i).L1Norm());
        layer.Biases.SetValues(biases);
    }
}
