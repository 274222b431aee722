namespace MlpPowerShell.Engine;

/// <summary>Finds names as users write them.</summary>
internal static class NearestName
{
    /// <summary>The place of a name: as it is written, or else in another case; -1 where there is none.</summary>
    public static int Find(IReadOnlyList<string> names, string name)
    {
        int other = -1;
        for (int i = 0; i < names.Count; i++)
        {
            if (names[i] == name)
                return i;
            if (other < 0 && names[i].Equals(name, StringComparison.OrdinalIgnoreCase))
                other = i;
        }

        return other;
    }

    /// <summary>The name that comes closest; null where none is close.</summary>
    public static string? Nearest(IEnumerable<string> names, string name)
    {
        // No one types more, and distances take the product of two lengths.
        const int LongestTyped = 200;
        if (name.Length > LongestTyped)
            return null;
        int most = name.Length < 3 ? 0 : Math.Max(1, name.Length / 3);
        string typed = name.ToLowerInvariant();
        return names
            .Where(candidate => Math.Abs(candidate.Length - name.Length) <= most)
            .Select(candidate => (Name: candidate, Distance: Distance(candidate.ToLowerInvariant(), typed)))
            .Where(candidate => candidate.Distance <= most)
            .OrderBy(candidate => candidate.Distance)
            .FirstOrDefault()
            .Name;
    }

    /// <summary>The name that comes closest, as a question to put behind a name that is none; empty where none is close.</summary>
    public static string Hint(IEnumerable<string> names, string name) =>
        Nearest(names, name) is { } nearest ? $" (did you mean {nearest}?)" : string.Empty;

    /// <summary>
    /// How many letters must be put in, taken out, changed or swapped with their neighbour to make one text of the other (Damerau, 1964).
    /// </summary>
    private static int Distance(string one, string other)
    {
        int[] row = [.. Enumerable.Range(0, other.Length + 1)], above = new int[row.Length], twoAbove = new int[row.Length];
        for (int i = 1; i <= one.Length; i++)
        {
            (twoAbove, above, row) = (above, row, twoAbove);
            row[0] = i;
            for (int j = 1; j <= other.Length; j++)
            {
                row[j] = Math.Min(Math.Min(above[j], row[j - 1]) + 1, above[j - 1] + (one[i - 1] == other[j - 1] ? 0 : 1));
                if (i > 1 && j > 1 && one[i - 1] == other[j - 2] && one[i - 2] == other[j - 1])
                    row[j] = Math.Min(row[j], twoAbove[j - 2] + 1);
            }
        }

        return row[^1];
    }
}
