using System.Management.Automation;

namespace MlpPowerShell;

/// <inheritdoc/>
/// <typeparam name="T">What the value is read as; of a choice, its enum.</typeparam>
[AttributeUsage(AttributeTargets.Property)]
public sealed class CellAttribute<T>() : CellAttribute(typeof(T));

/// <summary>
/// Lets a parameter be given by the cell of a table as on the command line: what can't be meant so is an error, where PowerShell would
/// drop a cell that it can't convert; an empty cell counts as not given.
/// </summary>
/// <param name="type">What the value is read as.</param>
[AttributeUsage(AttributeTargets.Property)]
public abstract class CellAttribute(Type type) : ArgumentTransformationAttribute, IPipedParameter
{
    /// <summary>What an empty cell stands for.</summary>
    public object? Empty { get; init; }

    /// <summary>Whether another parameter may take what this one can't, at the same place or from the same pipeline.</summary>
    public bool IsOneOfSeveral { get; init; }

    /// <inheritdoc/>
    public bool IsPiped { get; init; }

    /// <inheritdoc/>
    public string? Unless { get; init; }

    /// <summary>Whether models or data sets are read.</summary>
    public bool IsObject => ObjectReader.Reads(type);

    /// <inheritdoc/>
    public sealed override object? Transform(EngineIntrinsics engineIntrinsics, object inputData)
    {
        try
        {
            return CellReader.IsEmpty(inputData) ? Default : CellReader.Read(type, inputData);
        }
        catch (ArgumentTransformationMetadataException) when (IsPiped && PipedInput.IsAwaited && !MayGoOn(inputData))
        {
            PipedInput.Refuse(type, inputData);
            return null;
        }
        catch (ArgumentTransformationMetadataException failure)
            when ((IsPiped && PipedInput.IsAwaited) || (IsOneOfSeveral && !ObjectReader.IsOther(type, inputData)))
        {
            // What is caused by a failed cast lets PowerShell try the next parameter.
            bool isFile = !IsObject && CellReader.IsFileName(inputData);
            string message = $"{failure.Message}{(isFile ? " Import-MlpDataset reads files." : string.Empty)}";
            throw new ArgumentTransformationMetadataException(message, new PSInvalidCastException(message));
        }
    }

    string? IPipedParameter.Refusal(object given)
    {
        try
        {
            CellReader.Read(type, given);
            return null;
        }
        catch (ArgumentTransformationMetadataException failure)
        {
            return failure.Message;
        }
    }

    /// <summary>Whether a row has by name what it is not, or what stands in for that.</summary>
    private bool MayGoOn(object row) => MlpCmdlet.NotesOf(row).Any(note =>
        ObjectReader.IsOne(type, note.Value!) || note.Name.Equals(Unless, StringComparison.OrdinalIgnoreCase));

    /// <summary>What a parameter has that is not given.</summary>
    private protected virtual object? Default => Empty ?? (type.IsArray ? Array.CreateInstance(type.GetElementType()!, 0) : null);
}
