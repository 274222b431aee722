using MlpPowerShell.Engine.Data;
using MlpPowerShell.Engine.Network;

namespace MlpPowerShell.Engine.Evaluation;

/// <summary>What the interval of a number is made around.</summary>
/// <param name="Low">Its lower end as predicted; the answer itself where there are no quantiles.</param>
/// <param name="High">Its upper end.</param>
/// <param name="Unit">What distances from it are divided by, above 0.</param>
internal readonly record struct ConformalBand(double Low, double High, double Unit)
{
    /// <summary>How far outside what is true lies, in units; below 0 where it is inside.</summary>
    public double ScoreOf(double truth) => Math.Max(Low - truth, truth - High) / Unit;
}

/// <summary>What the intervals of samples are made around, as a model and its companions predict it, a sample at a time.</summary>
internal sealed class ConformalBands
{
    /// <summary>The least spread, as a part of how much it varied where it was learned.</summary>
    private const double LeastSpread = 0.01;

    private readonly OutputHead _head;
    private readonly InputEncoder _input;
    private readonly MlpModel[] _companions;
    private readonly MlpPredictor[] _predictors;
    private readonly float[][] _outputs;

    // The places of the companions' columns in a row.
    private readonly int[][] _places;
    private MlpDataset? _part;

    /// <param name="model">The model.</param>
    /// <param name="companions">None, one that predicts how far off answers are, or two that predict a low and a high quantile.</param>
    /// <param name="notes">Takes what they meet that they were not fitted to.</param>
    /// <param name="cancellation">Stops the work.</param>
    public ConformalBands(MlpModel model, IReadOnlyList<MlpModel> companions, EncodingNotes notes, CancellationToken cancellation)
    {
        _head = model.Output;
        _input = model.Input;
        _companions = [.. companions];
        _predictors = Array.ConvertAll(_companions, companion => new MlpPredictor(companion, notes.Beside(), cancellation));
        _outputs = Array.ConvertAll(_companions, companion => new float[companion.OutputSize]);
        string[] columns = [.. (model.Input.Names ?? []).Concat(DatasetSchema.BesideOf(model.Input, _companions))];
        Columns = columns;
        _places = Array.ConvertAll(
            _companions, companion => Array.ConvertAll([.. companion.Input.Names ?? []], (string name) => Array.IndexOf(columns, name)));
    }

    /// <summary>The names of the values of a row: of the columns that the model takes, then of those that companions take beside.</summary>
    public IReadOnlyList<string> Columns { get; }

    /// <summary>How data become inputs of the companions.</summary>
    public IReadOnlyList<InputEncoder> Inputs => [.. _companions.Select(companion => companion.Input)];

    /// <summary>Turns to the samples of a data set.</summary>
    /// <exception cref="MlpException">It does not meet a companion.</exception>
    public void Begin(MlpDataset part)
    {
        _part = part;
        foreach (MlpModel companion in _companions)
        {
            CheckPlaces(part, companion.Input);
            companion.Ends.CheckMeets(part, EncodingPurpose.Predicting);
        }
    }

    /// <summary>Checks that numbers without names mean the same to a companion as to the model.</summary>
    private void CheckPlaces(MlpDataset part, InputEncoder companion)
    {
        bool areNamed = part.Columns.Count > 0 || part.FeatureNames is not null;
        if (areNamed || _input.Names is not { } names || companion.Names is not { } others || names.SequenceEqual(others))
            return;
        throw new MlpException(
            "NamesNeeded",
            MlpErrorKind.Mismatch,
            $"Numbers without names stand for the columns {Listing.Of([.. names])} in their order, and a model that intervals are made "
            + $"from takes {Listing.Of([.. others])}: give rows with names.");
    }

    /// <summary>Turns to a sample of the data set.</summary>
    public void Turn(int sample)
    {
        for (int i = 0; i < _predictors.Length; i++)
            _predictors[i].Predict(_part!, sample, 1, _outputs[i]);
    }

    /// <summary>Turns to a row of values.</summary>
    /// <param name="values">A value for each of the <see cref="Columns"/>.</param>
    /// <exception cref="MlpException">A companion takes no columns by name, or can't take a value.</exception>
    public void Turn(IReadOnlyList<object?> values)
    {
        for (int i = 0; i < _predictors.Length; i++)
        {
            if (_companions[i].Input is { Names: null } or { Columns.Count: 0 })
            {
                throw new MlpException(
                    "NamesNeeded",
                    MlpErrorKind.Mismatch,
                    "A model that intervals are made from takes numbers by their places, which a row of names does not tell: give a data "
                    + "set.");
            }

            _predictors[i].Predict([.. _places[i].Select(place => values[place])], _outputs[i]);
        }
    }

    /// <summary>What the interval of a number is made around.</summary>
    /// <param name="output">Which number.</param>
    /// <param name="value">The network's output for it.</param>
    public ConformalBand Of(int output, float value)
    {
        double number = _head.NumberOf(output, value);
        if (_companions.Length == 0)
            return new ConformalBand(number, number, 1);
        double first = NumberOf(0);
        if (_companions.Length == 1)
        {
            IReadOnlyList<FeatureColumn> targets = _companions[0].Output.Targets;
            double least = LeastSpread / (targets.Count > 0 ? targets[output].Factor : 1);
            return new ConformalBand(number, number, Math.Max(first, least));
        }

        // Quantiles that were learned apart may cross.
        double second = NumberOf(1);
        return new ConformalBand(Math.Min(first, second), Math.Max(first, second), 1);

        double NumberOf(int companion) => _companions[companion].Output.NumberOf(output, _outputs[companion][output]);
    }
}
