using MlpPowerShell.Engine.Data;
using MlpPowerShell.Engine.Network;

namespace MlpPowerShell.Engine.Tests;

/// <summary>Columns hold what was read, in few bytes, and give it back.</summary>
public sealed class ColumnTests
{
    private enum Colour
    {
        Red,
        Green,
    }

    public static TheoryData<double[], int> Numbers() => new()
    {
        { [0, 1, 255], 1 },
        { [0, 254, double.NaN], 1 },
        { [0, 255, double.NaN], 2 },
        { [-1, 1], 2 },
        { [0.5, 1.25, -3], 2 },
        { [short.MaxValue, short.MinValue], 4 },
        { [12.34, 56789.01], 4 },
        { [-0.0, 1], 4 },
        { [1e10f, 3e-5f], 4 },
        { [Math.PI, 1], 8 },
        { [1e300, double.NaN], 8 },
        { [double.NaN, double.NaN], 1 },
        { [], 1 },
    };

    [Theory]
    [MemberData(nameof(Numbers))]
    public void Numbers_take_as_few_bytes_as_give_them_back(double[] numbers, int bytes)
    {
        var packed = PackedNumbers.Of(numbers);
        var back = new double[numbers.Length];
        packed.CopyTo(0, back);
        Assert.Equal(numbers.Select(BitConverter.DoubleToInt64Bits), back.Select(BitConverter.DoubleToInt64Bits));
        Assert.Equal(numbers.Length * bytes, packed.Bytes.Length);
        Assert.Equal(numbers.Count(double.IsNaN), packed.MissingCount);
    }

    [Fact]
    public void Parts_of_any_numbers_joined_are_the_whole()
    {
        var random = new Random(1);
        Func<double>[] kinds =
        [
            () => random.Next(200),
            () => random.Next(-9, 9),
            () => Math.Round(random.NextDouble(), random.Next(7)),
            () => random.NextDouble(),
            () => random.Next(2) == 0 ? double.NaN : 255,
            () => (float)random.NextDouble(),
        ];
        for (int trial = 0; trial < 200; trial++)
        {
            double[][] parts = [.. Enumerable.Range(0, random.Next(1, 5))
                .Select(_ => kinds[random.Next(kinds.Length)])
                .Select(kind => Enumerable.Range(0, random.Next(6)).Select(_ => kind()).ToArray())];
            var joined = PackedNumbers.Join([.. parts.Select(part => PackedNumbers.Of(part))]);
            double[] all = [.. parts.SelectMany(part => part)];
            Assert.Equal(all, Enumerable.Range(0, joined.Count).Select(row => joined[row]));
            int[] rows = [.. Enumerable.Range(0, all.Length).OrderBy(_ => random.Next())];
            PackedNumbers taken = joined.Take(rows);
            Assert.Equal(rows.Select(row => all[row]), Enumerable.Range(0, rows.Length).Select(row => taken[row]));
        }
    }

    private static readonly object[][] _values =
    [
        [true, false, true],
        [1, -5, int.MaxValue],
        [(byte)1, (byte)255],
        [(short)-1, (short)300],
        [12345678901234560L, 12345678901234561L, long.MaxValue],
        [ulong.MaxValue, 0UL],
        [0.1, 1 / 3.0, 1e300],
        [0.1f, 1 / 3f],
        [1.50m, 79228162514264337593543950335m],
        [(Half)0.1f, (Half)2f],
        ["a", "B", "b"],
        ['x', 'y'],
        [Colour.Red, Colour.Green],
        [new DateTime(2023, 5, 6, 7, 8, 9).AddTicks(1234567), DateTime.MinValue],
        [new DateTime(2023, 5, 6, 0, 0, 0, DateTimeKind.Utc), new DateTime(1, DateTimeKind.Utc)],
        [new DateTimeOffset(2023, 5, 6, 7, 8, 9, TimeSpan.FromHours(2)), new DateTimeOffset(2023, 5, 6, 7, 8, 9, TimeSpan.FromHours(-5))],
        [new DateOnly(2024, 2, 29), new DateOnly(1, 1, 1)],
        [new TimeOnly(23, 59, 59), TimeOnly.MinValue],
        [TimeSpan.FromTicks(-5), TimeSpan.FromDays(400)],
        [Guid.Empty, new Guid("00112233-4455-6677-8899-aabbccddeeff")],
    ];

    public static TheoryData<int> Values() => [.. Enumerable.Range(0, _values.Length)];

    [Theory]
    [MemberData(nameof(Values))]
    public void Values_of_every_type_come_back_as_what_they_were(int type)
    {
        object[] values = _values[type];
        object?[] gapped = [values[0], null, .. values[1..]];
        DataColumn column = ObjectColumns.Of("x", gapped, asTexts: false).Column;
        Assert.Equal(gapped, Enumerable.Range(0, column.Count).Select(column.ValueAt));
        Assert.Equal(
            gapped.Select(value => value?.GetType()), Enumerable.Range(0, column.Count).Select(row => column.ValueAt(row)?.GetType()));
        Assert.Equal(1, column.MissingCount);

        // As a class each is called by its text, and is still what it was.
        DataColumn classes = column.Categories;
        Assert.Equal(gapped, Enumerable.Range(0, column.Count).Select(classes.ValueAt));
        Assert.Equal(
            gapped.OfType<object>().Distinct().Count(),
            ClassOrder.Of(ColumnStatistics.Of(classes)).Length - (values[0] is bool ? 2 - values.Distinct().Count() : 0));
    }

    [Theory]
    [InlineData("1,2,x,3,4", "NotANumber")]
    [InlineData("x,y,1,z", "1,x,y,z")]
    [InlineData("1.50,1.5,x,y,z", "1.5,1.50,x,y,z")]
    [InlineData("True,maybe,False", "False,True,maybe")]
    [InlineData("2024-01-01,soon", "2024-01-01,soon")]
    [InlineData("007,008", "007,008")]
    public void Texts_are_kept_as_they_are_written_where_a_column_is_no_number(string texts, string expected)
    {
        string path = Path.Combine(Path.GetTempPath(), $"{Guid.NewGuid():N}.csv");
        File.WriteAllLines(path, texts.Split(',').Select((text, i) => $"{text},{i % 2}").Prepend("x,label"));
        MlpTable table = TableReader.Read(path, new TableReadOptions());
        if (expected == "NotANumber")
        {
            MlpException failure = Assert.Throws<MlpException>(() => table.ToDataset(new TableOptions()));
            Assert.Equal("NotANumber", failure.ErrorId);
            Assert.Contains("line 4, column 1 (x): 'x'", failure.Message, StringComparison.Ordinal);
            return;
        }

        Assert.Equal(expected.Split(','), table.ToDataset(new TableOptions()).Columns[0].Texts.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Long_whole_numbers_are_told_apart()
    {
        MlpTable table = MixedTable.Of([["12345678901234560", 1], ["12345678901234561", 2], ["12345678901234560", 3]], ["id", "x"]);
        MlpDataset data = table.ToDataset(new TableOptions { Label = ["id"], Task = MlpTask.Classification });
        Assert.Equal(["12345678901234560", "12345678901234561"], data.ClassNames.Order());
        Assert.Equal([12345678901234560L, 12345678901234561L, 12345678901234560L], data.Labels);
    }

    [Fact]
    public void Columns_are_what_they_are_said_to_be()
    {
        ColumnKind? KindOf(string name) => name switch
        {
            "zip" => ColumnKind.Category,
            "when" => ColumnKind.Date,
            "yes" => ColumnKind.Boolean,
            _ => null,
        };
        var table = new MlpTable("t", ["zip", "when", "yes", "label"], KindOf);
        table.Add(["01234", "03/14/2024 00:00:00", "1", "a"]);
        table.Add(["1234", "2024-12-31", "0", "b"]);
        MlpDataset data = table.ToDataset(new TableOptions());
        Assert.Equal([ColumnKind.Category, ColumnKind.Date, ColumnKind.Boolean], data.Columns.Select(column => column.Kind));
        Assert.Equal(new DateTime(2024, 3, 14), data.Columns[1].ValueAt(0));
        Assert.Equal(true, data.Columns[2].ValueAt(0));
        table.Add(["5", "soon", "1", "a"]);
        Assert.Contains(
            "Row 3 of the column when is 'soon', which is no date.",
            Assert.Throws<MlpException>(() => table.ToDataset(new TableOptions())).Message,
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("4.5.24")]
    [InlineData("3/4/2024")]
    [InlineData("5 Jan")]
    [InlineData("12:30")]
    [InlineData("2024-02")]
    public void Dates_are_not_guessed(string text)
    {
        DataColumn column = DataColumn.OfCodes("when", [0, 1], [text, "2024-01-01"]);
        Assert.Equal("WrongKind", Assert.Throws<MlpException>(() => column.As(ColumnKind.Date)).ErrorId);
    }

    [Fact]
    public void Dates_and_durations_are_no_numbers()
    {
        var dates = new MlpTable("t", ["when", "span", "label"]);
        dates.Add([new DateTime(2024, 1, 1), TimeSpan.FromSeconds(3), "a"]);
        dates.Add([new DateTime(2024, 1, 2), TimeSpan.FromSeconds(4), "b"]);
        foreach (DataColumn column in dates.ToDataset(new TableOptions()).Columns)
            Assert.Equal("WrongKind", Assert.Throws<MlpException>(() => column.As(ColumnKind.Number)).ErrorId);
    }

    [Fact]
    public void Numbers_that_hardly_differ_are_scaled_all_the_same()
    {
        var table = new MlpTable("t", ["stamp", "label"]);
        for (int i = 0; i < 40; i++)
            table.Add([1e14 + i, i < 20 ? "a" : "b"]);
        FeatureColumn stamp = ModelEnds.Fit(table.ToDataset(new TableOptions()), null, new EncodingOptions()).Input.Columns[0];
        Assert.Equal(1 / Math.Sqrt(((40 * 40) - 1) / 12.0), stamp.Factor, 1e-3);
    }

    [Fact]
    public void Statistics_of_parts_add_up_to_those_of_the_whole()
    {
        foreach (int cut in new[] { 1, 3, 50, 99 })
        {
            MlpDataset whole = MixedTable.Dataset(MixedTable.Rows(4, 100, missing: 0.2));
            for (int i = 0; i < whole.Columns.Count; i++)
            {
                DataColumn column = whole.Columns[i];
                var expected = ColumnStatistics.Of(column);
                var merged = ColumnStatistics.Merge(
                    ColumnStatistics.Of(column.Take([.. Enumerable.Range(0, cut)]), isWhole: false),
                    ColumnStatistics.Of(column.Take([.. Enumerable.Range(cut, 100 - cut)]), isWhole: false));
                Assert.Equal(
                    (expected.Count, expected.MissingCount, expected.Minimum, expected.Maximum, expected.IsWhole),
                    (merged.Count, merged.MissingCount, merged.Minimum, merged.Maximum, merged.IsWhole));
                Assert.Equal(expected.Mean, merged.Mean, Math.Abs(expected.Mean) * 1e-12);
                Assert.Equal(expected.Deviation, merged.Deviation, expected.Deviation * 1e-12);
                Assert.Equal(expected.Counts?.OrderBy(entry => entry.Key), merged.Counts?.OrderBy(entry => entry.Key));
                Assert.Equal(expected.Numbers(), merged.Numbers());
            }
        }
    }

    [Fact]
    public void A_mixed_row_of_15_columns_takes_less_than_90_bytes()
    {
        var random = new Random(1);
        object?[][] rows = [.. Enumerable.Range(0, 20_000).Select(i => new object?[]
        {
            i,
            random.Next(18, 90),
            Math.Round(random.NextDouble() * 1e5, 2),
            $"city {random.Next(10)}",
            new DateTime(2015, 1, 1).AddSeconds(random.Next(100_000_000)),
            random.Next(2) == 1,
            Math.Round(random.NextDouble(), 6),
            $"C{random.Next(10_000)}",
            Math.Round((random.NextDouble() * 60) - 20, 1),
            Math.Round(random.NextDouble() * 90, 5),
            Math.Round(random.NextDouble() * 180, 5),
            i % 50 == 0 ? null : random.Next(9),
            "ABCDE"[random.Next(5)].ToString(),
            Math.Round(random.NextDouble() * 300, 4),
            random.NextDouble(),
        })];
        MlpDataset data =
            MixedTable.Of(rows, [.. Enumerable.Range(0, 15).Select(i => $"c{i}")]).ToDataset(new TableOptions { Label = ["c14"] });
        Assert.InRange(data.MemoryBytes / 20_000.0, 30, 250e6 / 2.8e6);
        Assert.InRange(data.Columns[7].MemoryBytes, 2 * 20_000, (4 * 20_000) + (60 * 10_000));
    }

    [Fact]
    public void An_object_without_a_text_is_no_value()
    {
        MlpException failure = Assert.Throws<MlpException>(() => MixedTable.Of([[1, new object()]], ["x", "y"]));
        Assert.Equal("NotAValue", failure.ErrorId);
    }
}
