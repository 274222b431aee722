namespace MlpPowerShell.Engine.Files;

/// <summary>Names the formats of model files.</summary>
public enum ModelFormat
{
    /// <summary>Our own: safetensors with layers.0.weight, layers.0.bias and so on, and everything else that a model knows in the metadata.</summary>
    Safetensors,

    /// <summary>Safetensors with the names that PyTorch's nn.Sequential gives: 0.weight, 0.bias, 2.weight and so on.</summary>
    PyTorch,

    /// <summary>ONNX, with the preprocessing and the names of the classes: what ONNX Runtime and many others run.</summary>
    Onnx,

    /// <summary>An archive of NumPy arrays named W1, b1, W2 and so on.</summary>
    Npz,

    /// <summary>A C# class with the weights in it, which predicts without this module; can't be read back.</summary>
    CSharp,
}
