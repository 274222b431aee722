using MlpPowerShell.Shell;

const string Usage = """
    Usage: MlpPowerShell.Shell [SCRIPT [ARGUMENTS]] | -Command TEXT | -Interactive | -Help

    Without arguments, it imports MNIST, trains the notebook's network, and shows what it learned.
    The exit code is that of the script's exit statement, 1 after an error that ended it, and 0 otherwise.
    """;

if (args is [var option, ..] && option.StartsWith('-'))
{
    switch (option.ToLowerInvariant())
    {
        case "-command" or "-c" when args.Length > 1:
            return new Session().RunCommand(string.Join(' ', args[1..]));
        case "-interactive" or "-i":
            Session.Announce();
            return new Session().RunPrompt();
        case "-help" or "--help" or "-h" or "-?":
            Console.WriteLine(Usage);
            return 0;
        default:
            Console.Error.WriteLine(Usage);
            return 64;
    }
}

if (args.Length > 0)
    return new Session().RunScript(args[0], args[1..]);

Session.Announce();
string examples = Path.Combine(Session.ModuleFolder, "examples");
int code = new Session().RunScript(Path.Combine(examples, "3-Training.ps1"), []);
return code != 0 ? code : new Session().RunScript(Path.Combine(examples, "7-Defaults.ps1"), []);
