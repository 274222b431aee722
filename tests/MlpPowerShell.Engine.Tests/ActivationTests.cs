using MlpPowerShell.Engine.Network;

namespace MlpPowerShell.Engine.Tests;

public class ActivationTests
{
    public static TheoryData<ActivationKind> Kinds => [.. Enum.GetValues<ActivationKind>()];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void The_derivative_is_the_slope_of_the_value(ActivationKind kind)
    {
        Activation activation = Activation.Of(kind);
        const double Step = 1e-5;
        for (double x = -12.05; x < 12; x += 0.1)
            Assert.Equal((activation.Value(x + Step) - activation.Value(x - Step)) / (2 * Step), activation.Derivative(x), 1e-8);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Nothing_overflows_at_any_finite_input(ActivationKind kind)
    {
        Activation activation = Activation.Of(kind);
        foreach (double x in new[] { double.MinValue, -1e300, -1e4, -745, -710, 0, 710, 745, 1e4, 1e300, double.MaxValue })
        {
            Assert.True(double.IsFinite(activation.Value(x)), $"{kind}({x})");
            Assert.True(double.IsFinite(activation.Derivative(x)), $"{kind}'({x})");
        }
    }

    [Fact]
    public void ReLU_has_derivative_0_at_0() => Assert.Equal(0, Activation.Of(ActivationKind.ReLU).Derivative(0));

    [Theory]
    [InlineData(ActivationKind.GELU, 1, 0.8413447460685429)]
    [InlineData(ActivationKind.GELU, -2, -0.04550026389635842)]
    [InlineData(ActivationKind.Softplus, 0, 0.6931471805599453)]
    [InlineData(ActivationKind.SiLU, 1, 0.7310585786300049)]
    [InlineData(ActivationKind.ELU, -1, -0.6321205588285577)]
    [InlineData(ActivationKind.LeakyReLU, -3, -0.03)]
    public void Known_values(ActivationKind kind, double x, double expected) =>
        Assert.Equal(expected, Activation.Of(kind).Value(x), 1e-12);

    [Fact]
    public void Softmax_sums_to_one_at_any_finite_input()
    {
        double[] p = Softmax.Value([double.MaxValue, 0, double.MinValue]);
        Assert.Equal([1, 0, 0], p);
        Assert.Equal(1, Softmax.Value([-1e308, -1e308, 3, 700]).Sum(), 1e-12);
    }
}
