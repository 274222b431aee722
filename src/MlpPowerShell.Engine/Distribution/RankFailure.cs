using System.Text.Json;

namespace MlpPowerShell.Engine.Distribution;

/// <summary>What went wrong on a rank, as it tells the others.</summary>
internal sealed record RankFailure(string ErrorId, MlpErrorKind Kind, IReadOnlyList<MlpMessage.Part> Text)
{
    private const string Stopped = "RankStopped";

    /// <summary>Whether nothing went wrong but that the user stopped the rank.</summary>
    public bool IsStop => ErrorId == Stopped;

    /// <summary>A failure as bytes; none where nothing went wrong.</summary>
    public static byte[] ToBytes(Exception? failure) => failure is null ? [] : JsonSerializer.SerializeToUtf8Bytes(failure switch
    {
        MlpException known => new RankFailure(known.ErrorId, known.Kind, known.Text.Parts),
        OperationCanceledException => new RankFailure(Stopped, MlpErrorKind.Unavailable, [new MlpMessage.Part("It was stopped.", null)]),
        _ => new RankFailure(
            "RankFailed", MlpErrorKind.Unavailable, [new MlpMessage.Part($"{failure.GetType().Name}: {failure.Message}", null)]),
    });

    /// <summary>The failure that bytes tell of, or null.</summary>
    public static RankFailure? FromBytes(byte[] bytes) => bytes.Length == 0 ? null : JsonSerializer.Deserialize<RankFailure>(bytes);

    /// <summary>The failure as an error on another rank.</summary>
    public MlpException ToException(int rank, int count) =>
        new(ErrorId, Kind, IsStop ? $"Rank {rank} of {count} was stopped." : (MlpMessage)$"Rank {rank} of {count}: {MlpMessage.Of(Text)}");
}
