using MlpPowerShell.Engine.Files;
using MlpPowerShell.Engine.Kernels;
using MlpPowerShell.Engine.Network;

namespace MlpPowerShell.Engine.Training;

/// <summary>What a checkpoint has of a training, and how that goes on from it.</summary>
internal sealed partial class TrainingRun
{
    /// <summary>Where the training stands, as a checkpoint and other ranks have it.</summary>
    private TrainingState State()
    {
        IReadOnlyList<MlpEpoch> history = TrainingMemory.Of(_model).History;
        return new TrainingState(
            _run,
            _figures.EpochsBefore,
            _figures.Epoch,
            _optimizer.Steps,
            _schedule.Seen,
            _stopping.Seen,
            _step.Averaged,
            _search?.IsConverged == true,
            history,
            TrainingState.RunsOf(history));
    }

    /// <summary>Goes on where another process stood.</summary>
    private void TakeOn(TrainingState state)
    {
        _run = state.Run with { Ranks = _ranks.Count };
        _figures.EpochsBefore = state.EpochsBefore;
        _figures.Epoch = state.EpochsDone;
        _optimizer.Steps = state.OptimizerSteps;
        _schedule.Seen = state.Schedule;
        _stopping.Seen = state.Stopping;
        _step.Averaged = state.Averaged;
        _search?.IsConverged = state.IsConverged;
    }

    /// <summary>What a training remembers beside its weights, each with the prefix of its tensors in a checkpoint.</summary>
    private IEnumerable<(string Prefix, AlignedBuffer Buffer)> Remembered()
    {
        foreach ((string name, AlignedBuffer buffer) in _optimizer.Memory)
            yield return ($"optimizer.{name}.", buffer);
        if (_best is not null)
            yield return (CheckpointFile.BestPrefix, _best);

        // The model itself has the average.
        if (_options.Averages)
            yield return ("raw.", _step.Weights);
    }

    /// <summary>Fills what is remembered from a checkpoint, and gives the model its weights and its history.</summary>
    /// <exception cref="MlpException">The file is damaged, or the checkpoint of another training; the model is as it was.</exception>
    private TrainingState ReadCheckpoint(string path)
    {
        (TrainingState state, MlpModel saved, ModelContent content) = CheckpointFile.Read(path);
        MlpRun longer = state.Run with { Options = _run.Options, Identity = WithLength(state.Run.Identity) };
        if (IsMadeLonger(state))
        {
            if (!CanBeLonger(state) && !_run.DifferencesTo(longer).Any())
                throw SpansTraining(path, state);
            if (CanBeLonger(state))
                state = state with { Run = longer };
        }

        string[] differences = [.. _run.DifferencesTo(state.Run), .. EndsDifference.Between(_model.Ends, saved.Ends)];
        if (differences.Length > 0)
        {
            throw new MlpException(
                "CheckpointMismatch",
                MlpErrorKind.Mismatch,
                $"{path} is the checkpoint of another training: {string.Join("; ", differences)}. Resume with what it began with, or "
                + $"replace it{Hint.With(nameof(TrainingOptions.ReplaceCheckpoint))}.");
        }

        _step.Load(saved);
        foreach ((string prefix, AlignedBuffer buffer) in Remembered())
            CheckpointFile.Fill(path, content, prefix, buffer, _layout);
        _step.Settle();
        saved.CopyTo(_model);
        TrainingMemory.Recall(_model, state.FullHistory);
        return state;
    }

    /// <summary>Whether this is to be the training of a checkpoint with more epochs, or with more patience.</summary>
    private bool IsMadeLonger(TrainingState state)
    {
        CheckpointEnd end = CheckpointEnd.Of(state.Run);
        return _options.Epochs >= end.Epochs
            && _options.Patience.HasValue == end.Patience.HasValue
            && (_options.Patience is null || _options.Patience >= end.Patience);
    }

    /// <summary>Whether a training is done, or its learning rates are the same however long it is.</summary>
    private bool CanBeLonger(TrainingState state)
    {
        CheckpointEnd end = CheckpointEnd.Of(state.Run);
        return !_options.Schedule.Kind.Definition().SpansTraining
            || _options.Epochs == end.Epochs
            || state.EpochsDone >= end.Epochs
            || state.Stopping.EpochsWithoutImprovement >= end.Patience;
    }

    private MlpException SpansTraining(string path, TrainingState state)
    {
        int? epochs = CheckpointEnd.Of(state.Run).Epochs;
        return new MlpException(
            "CheckpointMismatch",
            MlpErrorKind.Mismatch,
            $"{path} is of a training of {epochs} epochs, {state.EpochsDone} of which are done, and its schedule {_options.Schedule.Kind} "
            + $"goes over all of them, so that it can't be made longer on the way: go on to its "
            + $"end{Hint.With(nameof(TrainingOptions.Epochs), epochs)}, and then for more epochs.");
    }

    private Dictionary<string, string> WithLength(IReadOnlyDictionary<string, string> options)
    {
        var result = new Dictionary<string, string>(options);
        foreach (string option in new[] { nameof(TrainingOptions.Epochs), nameof(TrainingOptions.Patience) })
        {
            if (_run.Identity.TryGetValue(option, out string? value))
                result[option] = value;
        }

        return result;
    }
}
