"""Makes the pictures and NumPy files that the tests read: python3 make_files.py, with numpy and Pillow.

Pictures: the first 20 test images of MNIST as someone might scan them, dark ink on light paper, larger and off the middle, as PNG, JPEG,
BMP and GIF in turn, each named number-digit; and the first one as it is. Arrays: the same 12 numbers in every type.
"""
import gzip
import struct

import numpy as np
from PIL import Image


def idx(name):
    data = gzip.open(f"../../../data/mnist/{name}.gz").read()
    dimensions = data[3]
    shape = struct.unpack(f">{dimensions}I", data[4 : 4 + 4 * dimensions])
    return np.frombuffer(data, np.uint8, offset=4 + 4 * dimensions).reshape(shape)


images, labels = idx("t10k-images-idx3-ubyte"), idx("t10k-labels-idx1-ubyte")
random = np.random.default_rng(1)
for i in range(20):
    ink = np.asarray(Image.fromarray(images[i]).resize((84, 84), Image.BICUBIC), float) / 255
    paper = np.full((130, 110), 225.0)
    top, left = random.integers(0, 46), random.integers(0, 26)
    paper[top : top + 84, left : left + 84] -= 180 * ink
    picture = Image.fromarray(paper.clip(0, 255).astype(np.uint8))
    kind = ["png", "jpg", "bmp", "gif"][i % 4]
    picture.save(f"pictures/{i:02}-{labels[i]}.{kind}")
Image.fromarray(images[0]).save("pictures/as-it-is.png")
rgba = np.zeros((2, 2, 4), np.uint8)
rgba[0, 0] = [255, 0, 0, 255]
rgba[0, 1] = [0, 0, 0, 0]
rgba[1, 0] = [0, 0, 0, 255]
rgba[1, 1] = [0, 0, 0, 128]
Image.fromarray(rgba).save("pictures/colors.png")

numbers = np.arange(12).reshape(4, 3)
for kind in ["u1", "i1", "<u2", "<i2", "<u4", "<i4", "<u8", "<i8", "<f2", "<f4", "<f8", ">f4", ">i2", "?"]:
    np.save(f"numpy/{kind.strip('<').replace('>', 'big-').replace('?', 'b1')}.npy", numbers.astype(kind))
np.savez_compressed("numpy/images.npz", x=images[:5], y=labels[:5])
np.savez("numpy/split.npz", x_train=images[:3], y_train=labels[:3], x_test=images[3:5], y_test=labels[3:5])
np.save("numpy/fortran.npy", np.asfortranarray(numbers.astype(float)))
np.save("numpy/objects.npy", np.array([{"a": 1}], dtype=object), allow_pickle=True)
