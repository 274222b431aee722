namespace MlpPowerShell.Engine.Files;

/// <summary>Names in a file, or of an object, that each stand for one thing.</summary>
public static class TakenNames
{
    /// <summary>Takes a name, or what comes closest to it and is not taken.</summary>
    public static string Take(this HashSet<string> taken, string name)
    {
        while (!taken.Add(name))
            name += "_";
        return name;
    }
}
