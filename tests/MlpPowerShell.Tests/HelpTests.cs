using System.Management.Automation;
using System.Management.Automation.Language;
using System.Text.RegularExpressions;
using MlpPowerShell.Help;

namespace MlpPowerShell.Tests;

/// <summary>The pages of docs/, and what Get-Help makes of them.</summary>
public sealed class HelpTests : IDisposable
{
    private static readonly string _docs = Path.Combine(Session.Root, "docs");

    private readonly Session _session = new();
    private readonly CmdletInfo[] _cmdlets;

    public HelpTests() =>
        _cmdlets = [.. _session.Run("Get-Command -Module MlpPowerShell").Select(command => (CmdletInfo)command.BaseObject)];

    public void Dispose() => _session.Dispose();

    [Fact]
    public void Syntax_and_parameters_of_every_page_are_those_of_its_cmdlet()
    {
        foreach (CmdletInfo cmdlet in _cmdlets)
            Assert.Equal(CmdletFacts.Update(Page(cmdlet.Name), cmdlet), Page(cmdlet.Name));
    }

    [Fact]
    public void Every_page_says_all_that_a_page_has_to_say()
    {
        string index = File.ReadAllText(Path.Combine(_docs, "README.md"));
        string sources = string.Concat(Directory.EnumerateFiles(Path.Combine(Session.Root, "src"), "*.cs", SearchOption.AllDirectories)
            .Select(File.ReadAllText));

        // An option outside its range is an error that is called after it.
        HashSet<string> ranged = [.. Regex.Matches(sources, @"\[Within\([^\n]*\)\]\s+public (?:required )?\S+ (\w+)")
            .Select(option => $"Invalid{option.Groups[1].Value}")];
        foreach (CmdletInfo cmdlet in _cmdlets)
        {
            HelpPage page = HelpPage.Parse(Page(cmdlet.Name));
            Assert.Equal(cmdlet.Name, page.Name);
            Assert.Contains($"[{cmdlet.Name}]({cmdlet.Name}.md)", index);
            Assert.NotEmpty(page.Synopsis);
            Assert.NotEmpty(page.Description);
            Assert.NotEmpty(page.Inputs);
            Assert.NotEmpty(page.Outputs);
            Assert.NotEmpty(page.Notes);
            Assert.True(page.Examples.Count >= 4, cmdlet.Name);
            Assert.All(
                page.Examples,
                example => Assert.True(example.Code.Length > 0 && example.Remarks.Count > 0, $"{cmdlet.Name}, {example.Title}"));
            Assert.All(page.Parameters, parameter => Assert.True(parameter.Description.Count > 0, $"{cmdlet.Name} -{parameter.Name}"));
            Assert.Equal(
                cmdlet.OutputType.Select(type => type.Name.Split('.')[^1]).Order(), page.Outputs.Select(type => type.Name).Order());

            string notes = Page(cmdlet.Name).Split("## NOTES")[1].Split("## RELATED LINKS")[0];
            foreach (Match error in Regex.Matches(notes, "`(\\w+)`"))
            {
                Assert.True(
                    sources.Contains($"\"{error.Groups[1].Value}\"", StringComparison.Ordinal) || ranged.Contains(error.Groups[1].Value),
                    $"{cmdlet.Name}: {error.Value}");
            }
        }
    }

    [Fact]
    public void Every_link_between_pages_leads_somewhere()
    {
        foreach (string file in Directory.EnumerateFiles(_docs, "*.md"))
        {
            foreach (Match link in Regex.Matches(File.ReadAllText(file), @"\]\((?!https?:)([^)#]+)\)"))
                Assert.True(File.Exists(Path.Combine(_docs, link.Groups[1].Value)), $"{file}: {link.Value}");
        }
    }

    [Fact]
    public void Get_Help_shows_every_page()
    {
        foreach (CmdletInfo cmdlet in _cmdlets)
        {
            HelpPage page = HelpPage.Parse(Page(cmdlet.Name));
            Assert.Equal(page.Synopsis, _session.Run1<string>("(Get-Help $a).Synopsis", cmdlet.Name));
            Assert.Equal(
                page.Examples.Select(example => example.Code),
                _session.Run("(Get-Help $a).examples.example.code", cmdlet.Name).Select(code => code.ToString()));
            Assert.Equal(
                CmdletFacts.ParametersOf(cmdlet).Select(parameter => parameter.Name),
                _session.Run("$parameters = (Get-Help $a).parameters; if ($parameters) { $parameters.parameter.name }", cmdlet.Name)
                    .Select(name => name.ToString()));
            Assert.Equal(cmdlet.ParameterSets.Count, _session.Run("(Get-Help $a).syntax.syntaxItem", cmdlet.Name).Length);
        }
    }

    [Theory]
    [InlineData("about_MlpPowerShell", "From data to answers")]
    [InlineData("about_Mlp_Data", "What becomes of columns")]
    [InlineData("about_Mlp_Training", "Reading the table")]
    [InlineData("about_Mlp_Reproducibility", "Seeds")]
    [InlineData("about_Mlp_Internals", "dW(l) = D(l)' A(l-1) / n")]
    [InlineData("about_Mlp_Models", "FEWER BITS")]
    [InlineData("about_Mlp_Sweeps", "A table of runs")]
    [InlineData("about_Mlp_Scripting", "A data set is one object")]
    [InlineData("about_Mlp_Errors", "TrainingDiverged")]
    [InlineData("about_Mlp_Distribution", "When something goes wrong")]
    public void Get_Help_shows_every_topic(string topic, string part)
    {
        string text = _session.Run1<string>("Get-Help $a", topic);
        Assert.Contains(part, text, StringComparison.OrdinalIgnoreCase);
        Assert.All(
            text.Split('\n').Where(line => !line.StartsWith("    ", StringComparison.Ordinal)),
            line => Assert.True(line.Length <= 80, line));
        Assert.DoesNotContain("](", text);
    }

    [Fact]
    public void Examples_call_the_cmdlets_with_parameters_that_they_have()
    {
        Dictionary<string, CmdletInfo> ours = _cmdlets.ToDictionary(cmdlet => cmdlet.Name);
        IEnumerable<string> pages = Directory.EnumerateFiles(_docs, "*.md").Append(Path.Combine(Session.Root, "README.md"));
        int calls = 0;
        foreach (string code in pages.SelectMany(file => Regex.Matches(
            File.ReadAllText(file), "```powershell\r?\n(.*?)```", RegexOptions.Singleline))
            .Select(match => match.Groups[1].Value))
        {
            ScriptBlockAst script = Parser.ParseInput(code, out _, out ParseError[] errors);
            Assert.True(errors.Length == 0, code);
            foreach (CommandAst command in script.FindAll(ast => ast is CommandAst, searchNestedScriptBlocks: true).Cast<CommandAst>())
            {
                if (command.GetCommandName() is not { } name
                    || !name.Contains("-M", StringComparison.Ordinal)
                    || !ours.TryGetValue(name, out CmdletInfo? cmdlet))
                {
                    Assert.DoesNotContain("-Mlp", command.GetCommandName() ?? string.Empty);
                    continue;
                }

                calls++;
                Assert.All(
                    command.CommandElements.OfType<CommandParameterAst>(),
                    parameter => Assert.NotNull(cmdlet.ResolveParameter(parameter.ParameterName)));
            }
        }

        Assert.True(calls > 100);
    }

    private static string Page(string name) => File.ReadAllText(Path.Combine(_docs, name + ".md")).ReplaceLineEndings("\n");
}
