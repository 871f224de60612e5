"""Pictures, films and sound as tensorboard's `Summary`."""

from __future__ import annotations

import io
import wave
from typing import Any

import numpy as np
from tensorboard.compat.proto.summary_pb2 import Summary

from .arrays import to_array, to_bytes, to_hwc


def image(tag: str, picture: Any, dataformats: str, boxes: Any = None, labels: Any = None, rescale: float = 1) -> Any:
    """One picture as PNG; ``boxes`` (each xmin, ymin, xmax, ymax) are drawn into it."""
    from PIL import Image

    pixels = to_bytes(to_hwc(to_array(picture), dataformats))
    height, width, channels = pixels.shape
    drawn = Image.fromarray(pixels)
    if boxes is not None:
        for i, box in enumerate(to_array(boxes)):
            _draw_box(drawn, box, None if labels is None else labels[i])
    drawn = drawn.resize((int(width * rescale), int(height * rescale)), Image.Resampling.LANCZOS)
    return _picture(tag, height, width, channels, _encoded(drawn, "PNG"))


def _picture(tag: str, height: int, width: int, channels: int, encoded: bytes) -> Any:
    proto = Summary.Image(height=height, width=width, colorspace=channels, encoded_image_string=encoded)
    return Summary(value=[Summary.Value(tag=tag, image=proto)])


def _encoded(picture: Any, format: str, **options: Any) -> bytes:
    stream = io.BytesIO()
    picture.save(stream, format=format, **options)
    return stream.getvalue()


def _draw_box(picture: Any, box: Any, label: str | None) -> None:
    from PIL import ImageDraw, ImageFont

    draw = ImageDraw.Draw(picture)
    left, top, right, bottom = box
    corners = [(left, top), (left, bottom), (right, bottom), (right, top), (left, top)]
    draw.line(corners, width=2, fill="Red")
    if label:
        font = ImageFont.load_default()
        x0, y0, x1, y1 = font.getbbox(label)
        width, height = x1 - x0, y1 - y0
        margin = np.ceil(0.05 * height)
        draw.rectangle([(left, bottom - height - 2 * margin), (left + width, bottom)], fill="Red")
        draw.text((left + margin, bottom - height - margin), label, fill="black", font=font)


def figures(figure: Any, close: bool) -> Any:
    """What matplotlib drew: ``(C, H, W)``, or ``(N, C, H, W)`` of a list of figures."""
    from matplotlib import pyplot
    from matplotlib.backends.backend_agg import FigureCanvasAgg

    if isinstance(figure, list):
        return np.stack([figures(each, close) for each in figure])
    canvas: Any = FigureCanvasAgg(figure)
    canvas.draw()
    rgba = np.asarray(canvas.buffer_rgba())
    if close:
        pyplot.close(figure)
    return np.moveaxis(rgba[:, :, :3], 2, 0)


def video(tag: str, frames: Any, fps: float) -> Any:
    """Films ``(N, T, C, H, W)`` side by side in one animated GIF."""
    from PIL import Image

    array = to_array(frames)
    if array.dtype == np.uint8:
        array = np.float32(array) / 255.0
    n, t, c, h, w = array.shape
    missing = (1 << (n - 1).bit_length()) - n  # a power of 2 makes a full rectangle
    array = np.concatenate([array, np.zeros((missing, t, c, h, w), array.dtype)])
    rows = 2 ** ((n.bit_length() - 1) // 2)
    columns = len(array) // rows
    array = array.reshape(rows, columns, t, c, h, w).transpose(2, 0, 4, 1, 5, 3).reshape(t, rows * h, columns * w, c)
    pixels = to_bytes(array)
    first, *others = [Image.fromarray(np.repeat(f, 3, axis=2) if c == 1 else f) for f in pixels]
    encoded = _encoded(
        first, "GIF", save_all=True, append_images=others, duration=round(1000 / fps), loop=0, disposal=2
    )
    return _picture(tag, rows * h, columns * w, c, encoded)


def audio(tag: str, sound: Any, sample_rate: int) -> Any:
    """One channel of sound, −1…1, as WAV."""
    array = to_array(sound).squeeze()
    if abs(array).max() > 1:
        print("warning: audio amplitude out of range, auto clipped.")
        array = array.clip(-1, 1)
    if array.ndim != 1:
        raise AssertionError("input tensor should be 1 dimensional.")
    samples = (array * np.iinfo(np.int16).max).astype("<i2")
    stream = io.BytesIO()
    with wave.open(stream, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(sample_rate)
        file.writeframes(samples.tobytes())
    proto = Summary.Audio(
        sample_rate=sample_rate, num_channels=1, length_frames=len(samples), encoded_audio_string=stream.getvalue(),
        content_type="audio/wav",
    )  # fmt: skip
    return Summary(value=[Summary.Value(tag=tag, audio=proto)])
