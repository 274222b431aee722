using MlpPowerShell.Engine.Data;

namespace MlpPowerShell.Engine.Tests;

public sealed class PictureTests(DigitReader reader) : IClassFixture<DigitReader>, IDisposable
{
    private static readonly ImageShape _mnist = new(28, 28);

    private readonly string _folder = Directory.CreateTempSubdirectory("mlp-pictures-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void A_picture_of_the_right_size_is_taken_as_it_is() =>
        Assert.Equal(TestData.Test.GetSample(0), PictureReader.Read(File("as-it-is.png"), _mnist, normalize: true).GetSample(0));

    [Fact]
    public void Colors_become_luma_over_white()
    {
        Picture picture = PictureFile.Read(File("colors.png"));
        Assert.Equal((2, 2), (picture.Height, picture.Width));
        Assert.Equal([76, 255, 0, 127], picture.Pixels);
    }

    [Fact]
    public void Scanned_digits_in_every_format_are_recognized()
    {
        string[] files = [.. Directory.EnumerateFiles(Path.GetDirectoryName(File("x"))!, "??-?.*").Order()];
        Assert.Equal([".png", ".jpg", ".bmp", ".gif"], files.Take(4).Select(Path.GetExtension));
        int Right(bool normalize) => files.Count(file =>
            reader.Read(PictureReader.Read(file, _mnist, normalize)).ToString() == Path.GetFileNameWithoutExtension(file)[^1..]);
        Assert.InRange(Right(normalize: true), 19, 20);
        Assert.InRange(Right(normalize: false), 0, 8);
    }

    [Fact]
    public void Normalizing_cuts_scales_and_centres_whatever_side_the_light_is_on()
    {
        // A bar 60 high and 6 wide in a corner, dark on light and light on dark.
        byte[] pixels = new byte[100 * 80];
        for (int i = 0; i < pixels.Length; i++)
            pixels[i] = (byte)(i / 80 is >= 2 and < 62 && i % 80 is >= 70 and < 76 ? 30 : 200);
        Picture dark = new Picture(100, 80, pixels).Normalize(28, 28);
        Picture light = new Picture(100, 80, [.. pixels.Select(pixel => (byte)(255 - pixel))]).Normalize(28, 28);
        Assert.Equal(dark.Pixels, light.Pixels);
        int[] rows = [.. Enumerable.Range(0, 28).Where(y => dark.Pixels[(y * 28) + 13] > 0 || dark.Pixels[(y * 28) + 14] > 0)];
        Assert.Equal((4, 20), (rows[0], rows.Length));
        Assert.Equal(2, Enumerable.Range(0, 28).Count(x => dark.Pixels[(14 * 28) + x] > 0));
        Assert.Equal("BlankPicture", Assert.Throws<MlpException>(() => new Picture(9, 9, new byte[81]).Normalize(28, 28)).ErrorId);
    }

    [Fact]
    public void A_folder_for_each_class_is_a_data_set()
    {
        foreach (string path in Directory.EnumerateFiles(Path.GetDirectoryName(File("x"))!, "??-?.*"))
        {
            string target = Directory.CreateDirectory(Path.Combine(_folder, Path.GetFileNameWithoutExtension(path)[^1..], "deep")).FullName;
            System.IO.File.Copy(path, Path.Combine(target, Path.GetFileName(path)));
        }

        System.IO.File.WriteAllText(Path.Combine(_folder, "7", "notes.txt"), "no picture");
        MlpDataset data = PictureReader.ReadFolder(_folder, null, normalize: false);
        Assert.Equal((20, new ImageShape(130, 110)), (data.Count, data.ImageShape));
        Assert.Equal(["0", "1", "2", "3", "4", "5", "6", "7", "9"], data.ClassNames);
        MlpDataset small = PictureReader.ReadFolder(_folder, _mnist, normalize: true);
        Assert.Equal(784, small.FeatureCount);
        Assert.Equal(data.Labels, small.Labels);

        System.IO.File.Copy(File("as-it-is.png"), Path.Combine(_folder, "7", "other-size.png"));
        Assert.Contains("[ImageShape 130, 110]", Fails("PictureSizeMismatch", null).Text.ToString(TestData.Say));
        System.IO.File.WriteAllText(Path.Combine(_folder, "0", "broken.png"), "no picture");
        Assert.Contains("broken.png", Fails("InvalidPicture", _mnist).Message);
        System.IO.File.Delete(Path.Combine(_folder, "7", "other-size.png"));
        foreach (ImageShape? shape in new ImageShape?[] { null, _mnist })
        {
            var failures = new List<MlpException>();
            MlpDataset rest = PictureReader.ReadFolder(_folder, shape, normalize: true, failures.Add);
            Assert.Contains("broken.png", Assert.Single(failures).Message);
            MlpDataset expected = shape is null ? data : small;
            Assert.Equal((expected.Count, expected.Fingerprint), (rest.Count, rest.Fingerprint));
        }

        Directory.Delete(_folder, recursive: true);
        Directory.CreateDirectory(_folder);
        Fails("OneClass", null);

        MlpException Fails(string errorId, ImageShape? shape)
        {
            MlpException failure = Assert.Throws<MlpException>(() => PictureReader.ReadFolder(_folder, shape, normalize: true));
            Assert.Equal(errorId, failure.ErrorId);
            return failure;
        }
    }

    [Fact]
    public void Links_add_each_real_folder_once()
    {
        string outside = Path.Combine(_folder, "outside"), whole = Path.Combine(_folder, "whole");
        foreach (string path in new[] { Path.Combine(outside, "deep"), Path.Combine(whole, "0", "deep"), Path.Combine(whole, "1") })
        {
            Directory.CreateDirectory(path);
            System.IO.File.Copy(File("as-it-is.png"), Path.Combine(path, "p.png"));
        }

        Directory.CreateSymbolicLink(Path.Combine(whole, "0", "all"), whole);
        Directory.CreateSymbolicLink(Path.Combine(whole, "0", "other"), Path.Combine("..", "1"));
        Directory.CreateSymbolicLink(Path.Combine(whole, "0", "deep", "up"), "..");
        Assert.Equal([("0", "deep"), ("1", "1")], Found(whole));
        Directory.CreateSymbolicLink(Path.Combine(whole, "2"), outside);
        Directory.CreateSymbolicLink(Path.Combine(whole, "1", "again"), Path.Combine("..", "2", "deep"));
        Directory.CreateSymbolicLink(Path.Combine(_folder, "link"), whole);
        Assert.Equal([("0", "deep"), ("1", "1"), ("2", "deep")], Found(Path.Combine(_folder, "link")));

        static IEnumerable<(string, string)> Found(string folder) =>
            PictureFolder.Find(folder).Select(file => (file.Class, Path.GetFileName(Path.GetDirectoryName(file.Path)!)));
    }

    [Theory]
    [InlineData("00-7.png")]
    [InlineData("01-2.jpg")]
    [InlineData("02-1.bmp")]
    [InlineData("03-0.gif")]
    public void A_damaged_picture_is_read_or_refused_and_nothing_else(string name)
    {
        byte[] whole = System.IO.File.ReadAllBytes(File(name));
        string path = Path.Combine(_folder, name);
        var random = new Random(1);
        for (int i = 0; i < 200; i++)
        {
            byte[] bytes = whole[..random.Next(whole.Length + 1)];
            for (int j = 0; j < 3 && bytes.Length > 0; j++)
                bytes[random.Next(Math.Min(bytes.Length, 100))] = (byte)random.Next(256);
            System.IO.File.WriteAllBytes(path, bytes);
            try
            {
                _ = PictureFile.Read(path);
            }
            catch (MlpException failure)
            {
                Assert.Contains(failure.ErrorId, new[] { "InvalidPicture", "FileCorrupt" });
            }
        }
    }

    private static string File(string name) => TestData.Reference(Path.Combine("pictures", name));
}
