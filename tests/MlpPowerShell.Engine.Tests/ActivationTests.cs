using MlpPowerShell.Engine.Kernels;
using MlpPowerShell.Engine.Network;

namespace MlpPowerShell.Engine.Tests;

public class ActivationTests
{
    /// <summary>All of the table, and some with other slopes.</summary>
    public static IEnumerable<string> Names =>
        Activation.All.Select(activation => activation.Name).Concat(["LeakyReLU(0.2)", "LeakyReLU(-0.5)", "ELU(0.5)"]);

    public static TheoryData<string> Kinds => [.. Names];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void The_derivative_is_the_slope_of_the_value(string kind)
    {
        Activation activation = Activation.Named(kind);
        const double Step = 1e-5;
        for (double x = -12.05; x < 12; x += 0.1)
            Assert.Equal((activation.Value(x + Step) - activation.Value(x - Step)) / (2 * Step), activation.Derivative(x), 1e-8);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Nothing_overflows_at_any_finite_input(string kind)
    {
        Activation activation = Activation.Named(kind);
        foreach (double x in new[] { double.MinValue / 2, -1e300, -1e4, -745, -710, 0, 710, 745, 1e4, 1e300, double.MaxValue / 2 })
        {
            Assert.True(double.IsFinite(activation.Value(x)), $"{kind}({x})");
            Assert.True(double.IsFinite(activation.Derivative(x)), $"{kind}'({x})");
        }
    }

    [Fact]
    public void ReLU_has_derivative_0_at_0() => Assert.Equal(0, Activation.ReLU.Derivative(0));

    [Theory]
    [InlineData("GELU", 1, 0.8413447460685429)]
    [InlineData("GELU", -2, -0.04550026389635842)]
    [InlineData("Softplus", 0, 0.6931471805599453)]
    [InlineData("SiLU", 1, 0.7310585786300049)]
    [InlineData("ELU", -1, -0.6321205588285577)]
    [InlineData("LeakyReLU", -3, -0.03)]
    [InlineData("LeakyReLU(0.2)", -3, -0.6)]
    [InlineData("ELU(0.5)", -1, -0.3160602794142788)]
    [InlineData("PReLU", -3, -0.75)]
    [InlineData("Mish", 1, 0.8650983882673103)]
    [InlineData("Mish", -2, -0.25250148269571077)]
    [InlineData("SELU", 1, 1.0507009873554805)]
    [InlineData("SELU", -1, -1.1113307378125625)]
    [InlineData("ReLU6", 7, 6)]
    [InlineData("ReLU6", 2.5, 2.5)]
    [InlineData("Hardswish", 1, 0.6666666666666666)]
    [InlineData("Hardswish", -1, -0.3333333333333333)]
    [InlineData("HardSigmoid", 1, 0.6666666666666666)]
    [InlineData("HardSigmoid", -4, 0)]
    [InlineData("GELUTanh", 1, 0.8411919906082768)]
    [InlineData("GELUTanh", -2, -0.04540230591222494)]
    [InlineData("Softsign", -3, -0.75)]
    public void Known_values(string kind, double x, double expected) =>
        Assert.Equal(expected, Activation.Named(kind).Value(x), 1e-12);

    [Fact]
    public void Names_come_back_with_their_slopes() =>
        Assert.All(Names, name => Assert.Equal(name, Activation.Named(name.ToLowerInvariant()).Name));

    [Theory]
    [InlineData("LeakyReLU(0.01)", "LeakyReLU")]
    [InlineData("leaky( 0.2 )", "LeakyReLU(0.2)")]
    [InlineData("elu(1.0)", "ELU")]
    [InlineData("gelu", "GELU")]
    [InlineData(" gelut ", "GELUTanh")]
    [InlineData("LeakyReLU(1e-3)", "LeakyReLU(0.001)")]
    public void Names_may_be_short_and_slopes_are_numbers(string text, string name) => Assert.Equal(name, Activation.Named(text).Name);

    [Theory]
    [InlineData("Mishh", "did you mean Mish?")]
    [InlineData("hard", "is none of")]
    [InlineData("", "is none of")]
    [InlineData("ReLU(0.1)", "LeakyReLU and ELU have one")]
    [InlineData("LeakyReLU()", "written as LeakyReLU(0.2)")]
    [InlineData("LeakyReLU(0,2)", "written as LeakyReLU(0.2)")]
    [InlineData("ELU(NaN)", "written as ELU(0.2)")]
    [InlineData("ELU(1e300)", "written as ELU(0.2)")]
    [InlineData("ELU(0.5", "written as ELU(0.2)")]
    [InlineData("ELU(0.5)x", "written as ELU(0.2)")]
    public void What_is_no_activation_is_answered(string text, string answer)
    {
        MlpException failure = Assert.Throws<MlpException>(() => Activation.Named(text));
        Assert.Equal("UnknownActivation", failure.ErrorId);
        Assert.Contains(answer, failure.Message);
    }

    [Fact]
    public void Softmax_sums_to_one_at_any_finite_input()
    {
        double[] p = Softmax.Value([double.MaxValue, 0, double.MinValue]);
        Assert.Equal([1, 0, 0], p);
        Assert.Equal(1, Softmax.Value([-1e308, -1e308, 3, 700]).Sum(), 1e-12);
    }
}
