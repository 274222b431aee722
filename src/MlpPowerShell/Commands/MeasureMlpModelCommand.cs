using System.Management.Automation;
using MlpPowerShell.Engine.Evaluation;

namespace MlpPowerShell.Commands;

/// <summary>Measures how well a model does on a data set.</summary>
[Cmdlet(VerbsDiagnostic.Measure, "MlpModel")]
[OutputType(typeof(MlpEvaluation))]
public sealed class MeasureMlpModelCommand : MeasuringCmdlet
{
    /// <summary>
    /// Measures each group of samples that have a value in common by itself: a column, of features, labels or what was put aside.
    /// </summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(DatasetColumnCompleter))]
    public string? By { get; set; }

    /// <summary>The probability from which on the class that is looked for, of two, is the answer, in place of the model's own.</summary>
    [Parameter]
    [ValidateRange(0.0, 1.0)]
    [Cell<double>]
    public double Threshold { get; set; }

    /// <summary>The class that is looked for, of two.</summary>
    [Parameter]
    [ArgumentCompleter(typeof(ModelClassCompleter))]
    [ValidateNotNullOrEmpty]
    public string? PositiveClass { get; set; }

    /// <summary>The probability with which sets of classes or intervals are to hold what is true, as which Coverage tells.</summary>
    [Parameter]
    [Cell<double>]
    public double? Confidence { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord() =>
        Run(Dataset, () =>
        {
            var predictor = new MlpPredictor(Deciding(Model, Threshold, PositiveClass), StopToken) { Confidence = Confidence };
            IReadOnlyList<MlpEvaluation> evaluations = By is null ? [predictor.Measure(Dataset)] : predictor.Measure(Dataset, By);
            WriteWarnings(predictor.Notes);
            foreach (MlpEvaluation evaluation in evaluations)
                WriteObject(By is null ? WithNotesOf(Model, evaluation) : AsRow(WithNotesOf(Model, evaluation)));
        });

    /// <summary>An evaluation that is shown as a row of a table.</summary>
    private static PSObject AsRow(PSObject evaluation)
    {
        evaluation.TypeNames.Insert(0, TravelledRows.GroupType);
        return evaluation;
    }
}
