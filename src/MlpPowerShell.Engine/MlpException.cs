namespace MlpPowerShell.Engine;

/// <summary>What kind of thing was wrong.</summary>
public enum MlpErrorKind
{
    /// <summary>An argument is outside what the operation takes.</summary>
    InvalidArgument,

    /// <summary>A file or folder is not there.</summary>
    NotFound,

    /// <summary>Something is there already, and nobody said to replace it.</summary>
    Exists,

    /// <summary>The file system refuses to read.</summary>
    Unreadable,

    /// <summary>The file system refuses to write.</summary>
    Unwritable,

    /// <summary>A file's content is not what it claims to be.</summary>
    InvalidData,

    /// <summary>Two things do not fit each other: a model and a data set, images and labels.</summary>
    Mismatch,

    /// <summary>A server can't be reached, or doesn't have what it should.</summary>
    Unavailable,

    /// <summary>The loss or the weights stopped being finite numbers.</summary>
    Diverged,
}

/// <summary>An error that the engine foresees, with an identifier that a program can act on.</summary>
public sealed class MlpException : Exception
{
    /// <summary>Creates the error.</summary>
    /// <param name="errorId">One word that names this error and no other, such as IdxTruncated.</param>
    /// <param name="kind">What kind of thing was wrong.</param>
    /// <param name="text">What was wrong, where, and what would be right.</param>
    /// <param name="innerException">What caused it, if anything did.</param>
    public MlpException(string errorId, MlpErrorKind kind, MlpMessage text, Exception? innerException = null)
        : base($"{text}", innerException)
    {
        ErrorId = errorId;
        Kind = kind;
        Text = text;
    }

    /// <summary>One word that names this error and no other.</summary>
    public string ErrorId { get; }

    /// <summary>What kind of thing was wrong.</summary>
    public MlpErrorKind Kind { get; }

    /// <summary>What was wrong, with hints at the options that mend it, which the message leaves out.</summary>
    public MlpMessage Text { get; }
}
