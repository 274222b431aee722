namespace MlpPowerShell.Engine.Tests;

public class NearestNameTests
{
    [Theory]
    [InlineData("petal_lenght", "petal_length")]
    [InlineData("Petal_Widht", "petal_width")]
    [InlineData("clas", "class")]
    [InlineData("zzz", null)]
    [InlineData("x", null)]
    public void What_was_meant_is_found(string typed, string? meant) =>
        Assert.Equal(meant, NearestName.Nearest(["petal_length", "petal_width", "class", "y"], typed));

    [Fact]
    public void Names_that_nobody_types_take_no_memory()
    {
        string[] names = [new string('x', 100_000), "kind"];
        string typed = new('x', 99_999);

        // What the first call allocates once and for all is no part of it.
        Assert.Null(NearestName.Nearest(names, typed));
        Assert.Equal("kind", NearestName.Nearest(names, "kinds"));

        long before = GC.GetAllocatedBytesForCurrentThread();
        _ = NearestName.Nearest(names, typed);
        _ = NearestName.Nearest(names, "kinds");
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 10_000);
    }
}
