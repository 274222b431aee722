namespace MlpPowerShell.Engine.Data;

/// <summary>Different texts, numbered as they come; what is looked up is made a text of its own only once.</summary>
internal sealed class TextPool
{
    private readonly List<string> _texts = [];

    // Places + 1 of texts by their hash, the next free place taken where one is taken; at most half full.
    private int[] _slots = new int[16];

    /// <summary>The texts, by their numbers.</summary>
    public string[] Texts => [.. _texts];

    /// <summary>How many there are.</summary>
    public int Count => _texts.Count;

    /// <summary>The number of a text; -1 where it has none.</summary>
    public int Find(ReadOnlySpan<char> text) => _slots[SlotOf(text)] - 1;

    /// <summary>The number of a text, a new one where it is new.</summary>
    public int CodeOf(ReadOnlySpan<char> text)
    {
        int slot = SlotOf(text);
        if (_slots[slot] > 0)
            return _slots[slot] - 1;
        _texts.Add(text.ToString());
        _slots[slot] = _texts.Count;
        if (_texts.Count * 2 > _slots.Length)
            Grow();
        return _texts.Count - 1;
    }

    private int SlotOf(ReadOnlySpan<char> text)
    {
        int slot = string.GetHashCode(text) & (_slots.Length - 1);
        while (_slots[slot] > 0 && !text.SequenceEqual(_texts[_slots[slot] - 1]))
            slot = (slot + 1) & (_slots.Length - 1);
        return slot;
    }

    private void Grow()
    {
        _slots = new int[_slots.Length * 2];
        for (int i = 0; i < _texts.Count; i++)
            _slots[SlotOf(_texts[i])] = i + 1;
    }
}
