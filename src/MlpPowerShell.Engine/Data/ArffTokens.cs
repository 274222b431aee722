using System.Text;

namespace MlpPowerShell.Engine.Data;

/// <summary>
/// The words of a line of ARFF as Weka takes them: commas, blanks and tabs separate them, quotes of either kind hold some together, with
/// backslashes before what would end them, and a percent sign begins a comment.
/// </summary>
internal ref struct ArffTokens(ReadOnlySpan<char> line)
{
    private readonly ReadOnlySpan<char> _line = line;
    private int _place;

    /// <summary>The last word, without its quotes.</summary>
    public ReadOnlySpan<char> Value { get; private set; }

    /// <summary>Whether it was within quotes, and so says nothing but itself.</summary>
    public bool IsQuoted { get; private set; }

    /// <summary>Whether a quote was never closed, or nothing stands between two commas: the line is none of ARFF.</summary>
    public string? Fault { get; private set; }

    /// <summary>Takes the next word; braces are words of their own.</summary>
    public bool TryNext()
    {
        bool isFirst = _place == 0;
        int commas = Skip();
        if (_place == _line.Length || _line[_place] == '%')
            return false;
        if (commas > 1 || (isFirst && commas > 0))
        {
            Fault = "there is no value between two commas; a missing one is written as ?";
            return false;
        }

        char first = _line[_place];
        IsQuoted = first is '\'' or '"';
        if (IsQuoted)
            return TryQuoted(first);
        int start = _place++;
        if (first is not ('{' or '}'))
        {
            while (_place < _line.Length && _line[_place] > ' ' && _line[_place] is not (',' or '{' or '}' or '\'' or '"'))
                _place++;
        }

        Value = _line[start.._place];
        return true;
    }

    private int Skip()
    {
        int commas = 0;
        for (; _place < _line.Length && (_line[_place] <= ' ' || _line[_place] == ','); _place++)
            commas += _line[_place] == ',' ? 1 : 0;
        return commas;
    }

    private bool TryQuoted(char quote)
    {
        int start = ++_place;
        bool hasEscapes = false;
        for (; _place < _line.Length && _line[_place] != quote; _place++)
        {
            if (_line[_place] == '\\')
            {
                hasEscapes = true;
                _place++;
            }
        }

        if (_place >= _line.Length)
        {
            Fault = $"the quote {quote} is never closed";
            return false;
        }

        Value = hasEscapes ? Unescaped(_line[start.._place]) : _line[start.._place];
        _place++;
        return true;
    }

    private static string Unescaped(ReadOnlySpan<char> text)
    {
        var plain = new StringBuilder(text.Length);
        for (int i = 0; i < text.Length; i++)
        {
            if (text[i] != '\\' || i + 1 == text.Length)
            {
                plain.Append(text[i]);
                continue;
            }

            plain.Append(text[++i] switch { 'n' => '\n', 'r' => '\r', 't' => '\t', char other => other });
        }

        return plain.ToString();
    }
}
