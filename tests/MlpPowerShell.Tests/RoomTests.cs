using System.Text.RegularExpressions;
using MlpPowerShell.Help;
using Mono.Cecil;

namespace MlpPowerShell.Tests;

/// <summary>The order of the engine's rooms and of the projects, from what was compiled.</summary>
public sealed class RoomTests
{
    private static readonly string _engine = PathOf("MlpPowerShell.Engine");

    [Fact]
    public void A_room_uses_only_rooms_before_it()
    {
        var rooms = new Rooms(_engine);
        Assert.Equal(Rooms.Order.Order(), rooms.Names.Order());
        Assert.Empty(rooms.OutOfOrder);
    }

    [Fact]
    public void The_picture_of_the_rooms_is_that_of_the_code() =>
        Assert.Contains(new Rooms(_engine).ToMarkdown(), File.ReadAllText(Path.Combine(Session.Root, "docs", "architecture.md")));

    [Theory]
    [InlineData("MlpPowerShell.Engine", "")]
    [InlineData("MlpPowerShell.Pictures", "MlpPowerShell.Engine")]
    [InlineData("MlpPowerShell", "MlpPowerShell.Engine, MlpPowerShell.Pictures, System.Management.Automation")]
    public void A_project_uses_only_projects_before_it(string name, string mayUse)
    {
        using ModuleDefinition module = ModuleDefinition.ReadModule(PathOf(name));
        IEnumerable<string> used = module.AssemblyReferences.Select(reference => reference.Name)
            .Where(other => Regex.IsMatch(other, "^MlpPowerShell|Automation$"));
        Assert.Empty(used.Except(mayUse.Split(", ")));
    }

    private static string PathOf(string assembly) =>
        Directory.GetFiles(Session.ModuleFolder, $"{assembly}.dll", SearchOption.AllDirectories).Single();
}
