using System.Management.Automation;
using System.Management.Automation.Runspaces;
using MlpPowerShell.Help;

switch (args)
{
    case ["build", string docs, string folder]:
        Directory.CreateDirectory(folder);
        Maml.Document(Directory.GetFiles(docs, "*-*.md")
            .Order(StringComparer.Ordinal)
            .Select(file => HelpPage.Parse(File.ReadAllText(file))))
            .Save(Path.Combine(folder, "MlpPowerShell.dll-Help.xml"));
        foreach (string file in Directory.GetFiles(docs, "about_*.md"))
        {
            File.WriteAllText(
                Path.Combine(folder, Path.GetFileNameWithoutExtension(file) + ".help.txt"), AboutTopic.ToText(File.ReadAllText(file)));
        }

        return 0;

    case ["update", string docs, string module]:
        foreach (CmdletInfo cmdlet in CmdletsOf(Path.GetFullPath(module)))
        {
            string file = Path.Combine(docs, cmdlet.Name + ".md");
            File.WriteAllText(file, CmdletFacts.Update(File.ReadAllText(file), cmdlet));
        }

        return 0;

    case ["rooms", string engine, string page]:
        string before = File.ReadAllText(page);
        string after = Rooms.Draw(engine, before);
        if (after != before)
            File.WriteAllText(page, after);
        return 0;

    default:
        Console.Error.WriteLine("""
            MlpPowerShell.Help build <docs> <folder>     writes the help that Get-Help reads
            MlpPowerShell.Help update <docs> <module>    writes the cmdlets' syntax and parameters into their pages
            MlpPowerShell.Help rooms <engine.dll> <page>     draws the engine's rooms into a page
            """);
        return 64;
}

static CmdletInfo[] CmdletsOf(string module)
{
    InitialSessionState state = InitialSessionState.CreateDefault2();
    state.ImportPSModule([module]);
    using Runspace runspace = RunspaceFactory.CreateRunspace(state);
    runspace.Open();
    using var shell = PowerShell.Create(runspace);
    return [.. shell.AddCommand("Get-Command").AddParameter("Module", "MlpPowerShell").Invoke<CmdletInfo>()];
}
