using MlpPowerShell.Engine.Data;
using MlpPowerShell.Engine.Evaluation;
using MlpPowerShell.Engine.Kernels;
using MlpPowerShell.Engine.Network;

namespace MlpPowerShell.Pictures.Tests;

/// <summary>Texts of all kinds of writing stand where they should: cells count, not characters.</summary>
public class TerminalTextTests
{
    private static readonly string[] _pieces =
        ["a", "Z", " ", "é", "e\u0301", "日", "本語", "한", "ﾊ", "Ａ", "😀", "👩‍🔬", "ب", "नि", "\u001b", "ß"];

    [Theory]
    [InlineData("", 0)]
    [InlineData("abc", 3)]
    [InlineData("日本語", 6)]
    [InlineData("e\u0301", 1)]
    [InlineData("한", 2)]
    [InlineData("ﾊ", 1)]
    [InlineData("Ａ", 2)]
    [InlineData("😀", 2)]
    [InlineData("━·…é", 4)]
    public void A_character_takes_the_cells_that_terminals_give_it(string text, int cells) => Assert.Equal(cells, TerminalText.Width(text));

    [Fact]
    public void A_cut_text_is_the_longest_beginning_that_has_room()
    {
        var random = new Random(1);
        for (int i = 0; i < 2000; i++)
        {
            string text = Name(random, random.Next(1, 12));
            int cells = random.Next(1, 12);
            string cut = TerminalText.Cut(text, cells);
            Assert.InRange(TerminalText.Width(cut), 0, cells);
            Assert.DoesNotContain('\e', cut);
            if (cut.EndsWith('…'))
            {
                string whole = TerminalText.Cut(text, 1000);
                Assert.StartsWith(cut[..^1], whole, StringComparison.Ordinal);
                int next = System.Globalization.StringInfo.GetNextTextElementLength(whole, cut.Length - 1);
                Assert.True(TerminalText.Width(whole[..(cut.Length - 1 + next)] + "…") > cells, $"'{cut}' of '{whole}' in {cells}");
            }

            Assert.Equal(cells, TerminalText.Width(TerminalText.PadRight(cut, cells)));
            Assert.Equal(cells, TerminalText.Width(TerminalText.PadLeft(cut, cells)));
        }
    }

    [Fact]
    public void Cut_texts_can_be_told_apart_by_their_ends()
    {
        var random = new Random(2);
        for (int i = 0; i < 2000; i++)
        {
            string start = Name(random, random.Next(4, 12));
            int cells = random.Next(1, 12);
            string[] cut = TerminalText.CutApart([start + "abc", start + "abd", "x"], cells);
            Assert.All(cut, text => Assert.InRange(TerminalText.Width(text), 0, cells));
            Assert.Equal("x", cut[2]);
            if (cells >= 4)
            {
                Assert.NotEqual(cut[0], cut[1]);
                Assert.Equal(TerminalText.Cut(start + "abe", cells), TerminalText.CutApart([start + "abe", "x"], cells)[0]);
            }
        }
    }

    [Fact]
    public void What_is_cut_alike_loses_its_middle() => Assert.Equal(
        ["house sp…e female", "house sp…pe, male", "crow", "a house"],
        TerminalText.CutApart(["house sparrow of Europe female", "house sparrow of Europe, male", "crow", "a house"], 17));

    [Theory]
    [InlineData(60, 1)]
    [InlineData(80, 2)]
    [InlineData(120, 3)]
    public void Tables_and_cards_of_names_in_any_writing_are_aligned_and_fit(int columns, int seed)
    {
        var random = new Random(seed);
        string[] names = [.. Enumerable.Range(0, 5).Select(i => $"{Name(random, 9).Trim()}{i}")];
        var data = new MlpDataset("名前", new byte[40], [.. Enumerable.Range(0, 10).Select(i => i % 5)], 4, names, new ImageShape(2, 2));
        MlpModel model = MlpModel.CreateFor(data, new HiddenLayers([2], [Activation.ReLU]), Initializer.Default, 1);
        var predictor = new MlpPredictor(model);
        var style = new CardStyle(columns, string.Empty);
        string[] card = [.. Cards.Of(predictor.Measure(data), "模型", style)];
        Assert.All(card, line => Assert.True(TerminalText.Width(line) <= columns, line));
        int classes = Array.FindIndex(card, line => line.StartsWith("Class ", StringComparison.Ordinal));
        Assert.All(
            card[(classes + 1)..(classes + 6)],
            line => Assert.Equal(TerminalText.Width(card[classes]), TerminalText.Width(line)));

        Rows.End();
        MlpPrediction[] predictions = [.. predictor.Predict(data)];
        string[] rows = [.. predictions.SelectMany(prediction => Rows.Of(PredictionRow.Of(prediction, null), style))];
        int confidence = rows[0].IndexOf("Confidence", StringComparison.Ordinal) + "Confidence".Length;
        Assert.All(rows.Skip(2).Zip(predictions), row => Assert.Equal(
            confidence,
            TerminalText.Width(row.First[..(row.First.IndexOf('%', StringComparison.Ordinal) + 1)])));

        CaptionedPicture[] pictures = [.. predictions.Select(one => CaptionedPicture.OfSample(data, one.Index, one))];
        string[] drawn = [.. TerminalPictures.Draw(pictures, columns, 14, TerminalColor.None)];
        Assert.All(drawn, line => Assert.True(TerminalText.Width(line) <= columns, line));
    }

    private static string Name(Random random, int length) =>
        string.Concat(Enumerable.Range(0, length).Select(_ => _pieces[random.Next(_pieces.Length)]));
}
