using System.Globalization;
using System.Text.RegularExpressions;

namespace MlpPowerShell.Pictures.Tests;

/// <summary>What is drawn in place stays whole, whatever is written meanwhile.</summary>
public partial class TerminalFrameTests
{
    [Theory]
    [InlineData(24)]
    [InlineData(60)]
    public void Frames_of_any_height_leave_one_frame_and_all_messages(int rows)
    {
        for (int seed = 0; seed < 100; seed++)
        {
            var random = new Random(seed);
            var screen = new Screen(rows);
            var frame = new TerminalFrame();
            var expected = new List<string>();
            string[] lines = [];
            int row = 0;
            for (int i = 0; i < 12; i++)
            {
                int messages = random.Next(TerminalFrame.Free);
                for (int message = 0; message < messages; message++)
                {
                    expected.Add($"message {i}.{message}");
                    screen.Write($"message {i}.{message}\r\n");
                }

                lines = [.. Enumerable.Range(0, random.Next(6, 15)).Select(line => $"frame {i}, line {line}")];
                screen.Write(frame.Draw(lines, i == 0 ? 0 : screen.Row - row, rows));
                row = screen.Row;
            }

            Assert.Equal([.. expected, .. lines], screen.Lines);
        }
    }

    [Fact]
    public void Where_it_is_not_known_what_was_written_nothing_is_drawn_over()
    {
        var screen = new Screen(24);
        var frame = new TerminalFrame();
        screen.Write(frame.Draw(["one"], null, 24));
        screen.Write("message\r\n" + frame.Draw(["two"], null, 24));
        Assert.Equal(["one", "message", "two"], screen.Lines);
    }

    /// <summary>As much of a terminal as frames need.</summary>
    private sealed partial class Screen(int rows)
    {
        private readonly List<string> _above = [];
        private readonly List<string> _lines = [.. Enumerable.Repeat(string.Empty, rows)];
        private int _column;

        public int Row { get; private set; }

        /// <summary>All that has come up to the last line that is not empty.</summary>
        public IEnumerable<string> Lines => _above.Concat(_lines).Take(_above.Count + _lines.FindLastIndex(line => line.Length > 0) + 1);

        public void Write(string text)
        {
            foreach (Match part in Parts().Matches(text))
            {
                int count = part.Groups[1].Value is { Length: > 0 } number ? int.Parse(number, CultureInfo.InvariantCulture) : 1;
                switch (part.Value[^1])
                {
                    case '\r': _column = 0; break;
                    case '\n': Feed(); break;
                    case 'A' when part.Value[0] == '\e': Row = Math.Max(Row - count, 0); break;
                    case 'B' when part.Value[0] == '\e': Row = Math.Min(Row + count, rows - 1); break;
                    case 'M' when part.Value[0] == '\e':
                        _lines.RemoveRange(Row, count);
                        _lines.AddRange(Enumerable.Repeat(string.Empty, count));
                        break;
                    case 'K' when part.Value[0] == '\e': _lines[Row] = _lines[Row][..Math.Min(_column, _lines[Row].Length)]; break;
                    case 'J' when part.Value[0] == '\e':
                        for (int row = Row; row < rows; row++)
                            _lines[row] = string.Empty;
                        break;
                    default:
                        string line = _lines[Row].PadRight(_column);
                        _lines[Row] = line[.._column] + part.Value + line[Math.Min(_column + part.Length, line.Length)..];
                        _column += part.Length;
                        break;
                }
            }
        }

        private void Feed()
        {
            if (Row < rows - 1)
            {
                Row++;
                return;
            }

            _above.Add(_lines[0]);
            _lines.RemoveAt(0);
            _lines.Add(string.Empty);
        }

        [GeneratedRegex(@"\e\[(\d*)[A-Z]|\r|\n|[^\e\r\n]+")]
        private static partial Regex Parts();
    }
}
