using System.IO.Compression;

namespace MlpPowerShell.Engine.Data;

/// <summary>The data sets of MNIST's family.</summary>
public enum MnistFamily
{
    /// <summary>Handwritten digits (LeCun, Cortes and Burges, 1998).</summary>
    Mnist,

    /// <summary>Articles of clothing (Xiao, Rasul and Vollgraf, 2017).</summary>
    FashionMnist,

    /// <summary>Cursive Japanese characters (Clanuwat et al., 2018).</summary>
    Kmnist,

    /// <summary>Handwritten letters (Cohen et al., 2017).</summary>
    EmnistLetters,
}

/// <summary>Where the data sets of MNIST's family can be fetched, and what their files must be.</summary>
/// <param name="Files">The files to fetch.</param>
/// <param name="Mirrors">The folders that have them, in the order to try.</param>
/// <param name="Entries">Where the one file is an archive, what to unpack from it, by name; else empty.</param>
public sealed record MnistSource(IReadOnlyList<DownloadFile> Files, IReadOnlyList<Uri> Mirrors, IReadOnlyList<string> Entries)
{
    private static readonly string[] _names =
    [
        "train-images-idx3-ubyte.gz",
        "train-labels-idx1-ubyte.gz",
        "t10k-images-idx3-ubyte.gz",
        "t10k-labels-idx1-ubyte.gz",
    ];

    /// <summary>The source of a data set.</summary>
    public static MnistSource Of(MnistFamily family) => family switch
    {
        MnistFamily.Mnist => Named(
            ["https://ossci-datasets.s3.amazonaws.com/mnist/", "https://storage.googleapis.com/cvdf-datasets/mnist/"],
            (9912422, "440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609"),
            (28881, "3552534a0a558bbed6aed32b30c495cca23d567ec52cac8be1a0730e8010255c"),
            (1648877, "8d422c7b0a1c1c79245a5bcf07fe86e33eeafee792b84584aec276f5a2dbc4e6"),
            (4542, "f7ae60f92e00ec6debd23a6088c31dbd2371eca3ffa0defaefb259924204aec6")),
        MnistFamily.FashionMnist => Named(
            [
                "https://storage.googleapis.com/tensorflow/tf-keras-datasets/",
                "https://raw.githubusercontent.com/zalandoresearch/fashion-mnist/master/data/fashion/",
            ],
            (26421880, "3aede38d61863908ad78613f6a32ed271626dd12800ba2636569512369268a84"),
            (29515, "a04f17134ac03560a47e3764e11b92fc97de4d1bfaf8ba1a3aa29af54cc90845"),
            (4422102, "346e55b948d973a97e58d2351dde16a484bd415d4595297633bb08f03db6a073"),
            (5148, "67da17c76eaffca5446c3361aaab5c3cd6d1c2608764d35dfb1850b086bf8dd5")),
        MnistFamily.Kmnist => Named(
            ["https://codh.rois.ac.jp/kmnist/dataset/kmnist/"],
            (18165135, "51467d22d8cc72929e2a028a0428f2086b092bb31cfb79c69cc0a90ce135fde4"),
            (29497, "e38f9ebcd0f3ebcdec7fc8eabdcdaef93bb0df8ea12bee65224341c8183d8e17"),
            (3041136, "edd7a857845ad6bb1d0ba43fe7e794d164fe2dce499a1694695a792adfac43c5"),
            (5120, "20bb9a0ef54c7db3efc55a92eef5582c109615df22683c380526788f98e42a1c")),
        MnistFamily.EmnistLetters => new MnistSource(
            [new DownloadFile("gzip.zip", 561753746, "fb9bb67e33772a9cc0b895e4ecf36d2cf35be8b709693c3564cea2a019fcda8e")],
            [new Uri("https://biometrics.nist.gov/cs_links/EMNIST/"), new Uri("https://www.itl.nist.gov/iaui/vip/cs_links/EMNIST/")],
            [
                "emnist-letters-train-images-idx3-ubyte.gz",
                "emnist-letters-train-labels-idx1-ubyte.gz",
                "emnist-letters-test-images-idx3-ubyte.gz",
                "emnist-letters-test-labels-idx1-ubyte.gz",
            ]),
    };

    /// <summary>
    /// Unpacks the entries from the archive; into the folder and under their own names, whatever paths the archive gives them.
    /// </summary>
    /// <exception cref="MlpException">The archive lacks one of them, or a file can't be written.</exception>
    public void Unpack(string archive, string folder)
    {
        using ZipArchive content = ZipFile.OpenRead(archive);
        foreach (string name in Entries)
        {
            ZipArchiveEntry entry = content.Entries.FirstOrDefault(entry => entry.Name == name)
                ?? throw new MlpException("ArchiveIncomplete", MlpErrorKind.InvalidData, $"{archive} has no {name}.");
            MlpPowerShell.Engine.AtomicFile.Write(Path.Combine(folder, name), stream =>
            {
                using Stream unpacked = entry.Open();
                unpacked.CopyTo(stream);
            });
        }
    }

    private static MnistSource Named(string[] mirrors, params (long Length, string Sha256)[] files) =>
        new(
            files.Select((file, i) => new DownloadFile(_names[i], file.Length, file.Sha256)).ToArray(),
            Array.ConvertAll(mirrors, mirror => new Uri(mirror)),
            []);
}
