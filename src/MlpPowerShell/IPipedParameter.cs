namespace MlpPowerShell;

/// <summary>What reads a parameter that may come down the pipeline.</summary>
internal interface IPipedParameter
{
    /// <summary>
    /// Whether it does. What can't be read is null then, and the command says so, once for a whole pipeline: PowerShell would say it of
    /// each object.
    /// </summary>
    bool IsPiped { get; }

    /// <summary>The parameter that is given in place of this one, if there is one.</summary>
    string? Unless { get; }

    /// <summary>What is to say about an object that can't be read; null where it can.</summary>
    string? Refusal(object given);
}
