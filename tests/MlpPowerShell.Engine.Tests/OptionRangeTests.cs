using System.Globalization;
using System.Reflection;
using MlpPowerShell.Engine.Data;
using MlpPowerShell.Engine.Network;
using MlpPowerShell.Engine.Optimizers;
using MlpPowerShell.Engine.Training;

namespace MlpPowerShell.Engine.Tests;

/// <summary>The ranges of options, which stand with the options alone.</summary>
public sealed class OptionRangeTests : IDisposable
{
    private readonly CultureInfo _culture = CultureInfo.CurrentCulture;

    /// <summary>Every option of every record with its range.</summary>
    public static TheoryData<Type, string> Ranged =>
    [
        .. from type in Records
           from property in type.GetProperties()
           where property.IsDefined(typeof(WithinAttribute))
           select new TheoryDataRow<Type, string>(type, property.Name),
    ];

    private static Type[] Records =>
    [
        typeof(TrainingOptions),
        typeof(OptimizerOptions),
        typeof(ScheduleOptions),
        typeof(AugmentationOptions),
        typeof(EncodingOptions),
        typeof(HiddenLayers),
        typeof(LossOptions),
    ];

    public void Dispose() => CultureInfo.CurrentCulture = _culture;

    [Fact]
    public void Every_number_has_a_range()
    {
        Type[] numbers = [typeof(int), typeof(int?), typeof(double), typeof(double?), typeof(IReadOnlyList<double>)];
        Assert.Equal(
            ["Seed"],
            Records.SelectMany(type => type.GetProperties())
                .Where(property => property.CanWrite
                    && numbers.Contains(property.PropertyType)
                    && !property.IsDefined(typeof(WithinAttribute)))
                .Select(property => property.Name));
    }

    [Theory]
    [MemberData(nameof(Ranged))]
    public void What_is_outside_its_range_is_refused_in_the_same_words_in_every_culture(Type type, string option)
    {
        PropertyInfo property = type.GetProperty(option)!;
        WithinAttribute range = property.GetCustomAttribute<WithinAttribute>()!;
        bool isWhole = (Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType) == typeof(int);
        double step = isWhole ? 1 : 1e-6;
        List<double> outside = [range.Least - step, .. range.Above ? [range.Least] : Array.Empty<double>()];
        if (!double.IsPositiveInfinity(range.Most))
            outside.AddRange([range.Most + step, .. range.Below ? [range.Most] : Array.Empty<double>()]);
        if (!isWhole)
            outside.AddRange([double.NaN, double.PositiveInfinity]);
        foreach (double value in outside)
        {
            string[] messages = Array.ConvertAll(Cultures.Names, culture =>
            {
                CultureInfo.CurrentCulture = Cultures.Of(culture);
                MlpException failure = Assert.Throws<MlpException>(() => Validate(With(property, isWhole, value)));
                Assert.Equal(("Invalid" + option, MlpErrorKind.InvalidArgument), (failure.ErrorId, failure.Kind));
                return failure.Message;
            });
            Assert.Single(messages.Distinct());
            Assert.Contains($" is {value.ToString(CultureInfo.InvariantCulture)}", messages[0]);
            string finite = double.IsPositiveInfinity(value) && value == range.Most ? "finite and " : string.Empty;
            Assert.EndsWith($"; it must be {finite}{range}{range.Otherwise}.", messages[0]);
        }

        if (!range.Above)
            Validate(With(property, isWhole, range.Least));
        if (!double.IsPositiveInfinity(range.Most) && !range.Below)
            Validate(With(property, isWhole, range.Most));
    }

    [Fact]
    public void Ranges_read_as_words()
    {
        Assert.Equal("at least 0 and below 1", new WithinAttribute("It", 0, 1) { Below = true }.ToString());
        Assert.Equal("above 0", new WithinAttribute("It", 0) { Above = true }.ToString());
        CultureInfo.CurrentCulture = Cultures.Of("German");
        Assert.Equal("at least 0.01 and at most 10,000", new WithinAttribute("It", 0.01, 10_000).ToString());
    }

    private static object With(PropertyInfo property, bool isWhole, double value)
    {
        object options = property.DeclaringType == typeof(TrainingOptions) ? new TrainingOptions { Epochs = 1, LearningRate = 1 }
            : property.DeclaringType == typeof(HiddenLayers) ? new HiddenLayers([], [])
            : Activator.CreateInstance(property.DeclaringType!)!;
        property.SetValue(
            options, property.PropertyType == typeof(IReadOnlyList<double>) ? new[] { 0, value } : isWhole ? (object)(int)value : value);
        return options;
    }

    private static void Validate(object options)
    {
        switch (options)
        {
            case TrainingOptions training: training.Validate(); break;
            case ScheduleOptions schedule: schedule.Validate(learningRate: 1, epochs: 5); break;
            case OptimizerOptions optimizer: optimizer.Validate(); break;
            case AugmentationOptions augmentation: augmentation.Validate(); break;
            case HiddenLayers hidden: hidden.Check(); break;
            case LossOptions loss: OptionCheck.Ranges(loss); break;
            default: ((EncodingOptions)options).Validate(); break;
        }
    }
}
