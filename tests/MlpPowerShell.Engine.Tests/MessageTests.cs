using System.Globalization;
using System.Text.RegularExpressions;
using MlpPowerShell.Engine.Distribution;
using Mono.Cecil;
using Mono.Cecil.Cil;

namespace MlpPowerShell.Engine.Tests;

/// <summary>What the engine says to users: nothing of a command line, and the same in every culture.</summary>
public class MessageTests
{
    [Fact]
    public void The_engine_names_no_cmdlet_and_no_parameter()
    {
        string[] texts = [.. Literals(typeof(MlpException).Assembly.Location)];
        Assert.True(texts.Length > 1000);
        Assert.Contains("The training diverged in epoch ", texts);
        Assert.DoesNotContain(texts, NamesCommandLine);
    }

    [Theory]
    [InlineData("train it in batches, with -BatchSize", true)]
    [InlineData(" (-Force)", true)]
    [InlineData("-Resume goes on", true)]
    [InlineData("Make it with New-MlpModel", true)]
    [InlineData("Import-Mnist", true)]
    [InlineData("say @{ x = 1 }", true)]
    [InlineData("784-128-64-10, from -1 to X-Y", false)]
    public void Command_lines_are_recognized(string text, bool isOne) => Assert.Equal(isOne, NamesCommandLine(text));

    [Fact]
    public void A_message_is_whole_without_its_hints_and_the_same_in_every_culture()
    {
        CultureInfo before = CultureInfo.CurrentCulture;
        try
        {
            CultureInfo.CurrentCulture = Cultures.Of("German");
            MlpMessage inner = $"train in batches{Hint.With("BatchSize", 1.5)}";
            MlpMessage message =
                $"{0.5:F2} of {1234.5} and {(int?)null}: {inner}, or whole{Hint.Without("Stream")}{Hint.For("x", "IsFeature")}.";
            Assert.Equal("0.50 of 1234.5 and : train in batches, or whole.", message.ToString());
            Assert.Equal(
                "0.50 of 1234.5 and : train in batches[BatchSize  False], or whole[Stream  True][IsFeature x False].",
                message.ToString(hint => $"[{hint.Option} {hint.Column} {hint.IsUnwanted}]"));
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }

    [Fact]
    public void Hints_reach_other_ranks()
    {
        var failure = new MlpException("NotInMemory", MlpErrorKind.InvalidArgument, $"{'{'}Train{'}'} in batches{Hint.With("BatchSize")}.");
        MlpException heard = RankFailure.FromBytes(RankFailure.ToBytes(failure))!.ToException(1, 2);
        Assert.Equal("Rank 1 of 2: {Train} in batches.", heard.Message);
        Assert.Equal("Rank 1 of 2: {Train} in batches, BatchSize.", heard.Text.ToString(hint => $", {hint.Option}"));
        Assert.Equal(("NotInMemory", MlpErrorKind.InvalidArgument), (heard.ErrorId, heard.Kind));
    }

    private static bool NamesCommandLine(string text) =>
        Regex.IsMatch(text, @"(^|[\s('`])-[A-Z][A-Za-z0-9]+(?![\w.])|\b[A-Z][a-z]+-(Mlp|Mnist)|@\{");

    private static IEnumerable<string> Literals(string assembly)
    {
        using var module = ModuleDefinition.ReadModule(assembly);
        return [.. module.GetTypes().SelectMany(type => type.Methods).Where(method => method.HasBody)
            .SelectMany(method => method.Body.Instructions).Where(instruction => instruction.OpCode == OpCodes.Ldstr)
            .Select(instruction => (string)instruction.Operand)];
    }
}
