"""The short-time Fourier transform of a signal, and its inverse: how much of each frequency there is around each moment.

stft   X[f, m] = Σ_k w[k] x[m·hop + k] exp(-2πi f k / n_fft)
istft  overlapping frames are added and divided by the sum of the squared windows
"""

from __future__ import annotations

import math
import warnings
from typing import Any

from ..autograd.op import Op
from ..autograd.variable import Variable
from .pad import pad
from .registry import public


def _shown(value: Any) -> str:
    """An argument as torch prints it in these messages."""
    if isinstance(value, Variable):
        return f"{value.type()}{{{list(value.shape)}}}"  # type: ignore[attr-defined]
    return str(int(value)) if isinstance(value, (bool, int)) else str(value)


def _window(input: Any, window: Any, win_length: int, n_fft: int) -> Any:
    """The window (ones if there is none) in the middle of ``n_fft`` places."""
    window = input.new_ones(win_length) if window is None else window
    if win_length == n_fft:
        return window
    left = (n_fft - win_length) // 2
    return pad(window, (left, n_fft - win_length - left))


def _no_window(advice: str) -> None:
    warnings.warn(
        f"A window was not provided. A rectangular window will be applied{advice}To suppress this warning and use a rectangular "
        "window, explicitly set `window=torch.ones(n_fft, device=<device>)`.",
        UserWarning,
        stacklevel=4,
    )


def _complex_only(onesided: Any) -> None:
    if onesided:
        raise RuntimeError("Cannot have onesided output if window or input is complex")


@public("function method")
def stft(
    input: Any, n_fft: int, hop_length: int | None = None, win_length: int | None = None, window: Any = None, center: bool = True,
    pad_mode: str = "reflect", normalized: bool = False, onesided: bool | None = None, return_complex: bool | None = None,
    align_to_window: bool | None = None,
) -> Any:  # fmt: skip
    """Short-time Fourier transform: (length) or (batch, length) give (…, frequencies, frames), complex.

    A frame of ``n_fft`` samples starts every ``hop_length`` (a quarter of it, unless given); it is multiplied by ``window``
    (``win_length`` samples, in the middle of the frame). ``center`` pads the signal so that frame m is centred on m·hop_length;
    ``normalized`` divides by √n_fft; ``onesided`` keeps the n_fft // 2 + 1 frequencies that a real signal has.

    >>> import tinygrad_edu as tg
    >>> x = tg.sin(tg.arange(32) * (2 * 3.14159265 / 8))  # a period of 8 samples: frequency 2 of a frame of 16
    >>> tg.stft(x, 16, window=tg.hann_window(16), return_complex=True).abs()[:, 2].argmax()
    tensor(2)
    """
    if center and align_to_window is not None:
        raise RuntimeError("stft align_to_window should only be set when center = false")
    if center:
        length = int(n_fft // 2)
        shape = (1,) * (3 - input.ndim) + tuple(input.shape)
        input = pad(input.view(shape), (length, length), pad_mode).view((*input.shape[:-1], -1))
    if window is None:
        _no_window(
            ",which is known to cause spectral leakage. Other windows such as torch.hann_window or torch.hamming_window are "
            "recommended to reduce spectral leakage."
        )
    hop = n_fft // 4 if hop_length is None else hop_length
    width = n_fft if win_length is None else win_length
    is_complex = input.is_complex() or (window is not None and window.is_complex())
    if return_complex is None:
        if not is_complex:
            raise RuntimeError(
                "stft requires the return_complex parameter be given for real inputs, and will further require that "
                "return_complex=True in a future PyTorch release."
            )
        return_complex = True
    elif not return_complex:
        warnings.warn(
            "stft with return_complex=False is deprecated. In a future pytorch release, stft will return complex tensors for all "
            "inputs, and return_complex=False will raise an error.\nNote: you can still call torch.view_as_real on the complex "
            "output to recover the old return format.",
            UserWarning,
            stacklevel=3,
        )
    values = (n_fft, hop, width, window, normalized, onesided, return_complex, align_to_window)
    _check_stft(input, *values)
    x = input if input.ndim == 2 else input.unsqueeze(0)
    frames = x.unfold(1, n_fft, hop)
    if window is not None or width < n_fft:
        frames = frames * _window(x, window, width, n_fft)
    scale = 1 / math.sqrt(n_fft) if normalized else 1.0
    if is_complex:
        _complex_only(onesided)
        out = Op.table["fft_c2c"](frames, (2,), scale, True)
    else:
        out = Op.table["fft_r2c"](frames, (2,), scale, onesided is None or bool(onesided))
    out = out.transpose(1, 2)
    out = out.squeeze(0) if input.ndim == 1 else out
    return out if return_complex else Op.table["view_as_real"](out)


def _check_stft(input: Any, n_fft: int, hop: int, width: int, window: Any, *flags: Any) -> None:
    problem = ""
    if input.dtype.np.kind not in "fcV":
        problem = "expected a tensor of floating point or complex values"
    elif input.ndim not in (1, 2):
        problem = "expected a 1D or 2D tensor"
    elif not 0 < n_fft <= input.shape[-1]:
        problem = f"expected 0 < n_fft < {input.shape[-1]}, but got n_fft={n_fft}"
    elif hop <= 0:
        problem = f"expected hop_length > 0, but got hop_length={hop}"
    elif not 0 < width <= n_fft:
        problem = f"expected 0 < win_length <= n_fft, but got win_length={width}"
    elif window is not None and tuple(window.shape) != (width,):
        problem = f"expected a 1D window tensor of size equal to win_length={width}, but got window with size {list(window.shape)}"
    if problem:
        names = ("window", "normalized", "onesided", "return_complex", "align_to_window")
        given = "".join(f", {name}={_shown(value)}" for name, value in zip(names, (window, *flags)))
        raise RuntimeError(
            f"stft({input.type()}{list(input.shape)}, n_fft={n_fft}, hop_length={hop}, win_length={width}{given}) : {problem}"
        )


@public("function method")
def istft(
    input: Any, n_fft: int, hop_length: int | None = None, win_length: int | None = None, window: Any = None, center: bool = True,
    normalized: bool = False, onesided: bool | None = None, length: int | None = None, return_complex: bool = False,
) -> Any:  # fmt: skip
    """The signal that has the given `stft` (called with the same arguments); ``length`` cuts or fills it.

    >>> import tinygrad_edu as tg
    >>> x, w = tg.arange(32.), tg.hann_window(8)
    >>> tg.allclose(tg.istft(tg.stft(x, 8, window=w, return_complex=True), 8, window=w), x, atol=1e-4)
    True
    """
    if window is None:
        _no_window(".Please provide the same window used by stft to make the inversion lossless.")
    hop = n_fft // 4 if hop_length is None else hop_length
    width = n_fft if win_length is None else win_length
    flags = (center, normalized, onesided, length, return_complex)
    if not input.is_complex():
        raise RuntimeError(
            "istft requires a complex-valued input tensor matching the output from stft with return_complex=True."
        )
    if input.ndim < 2:
        raise IndexError("Dimension out of range (expected to be in range of [-2, 1], but got -3)")
    called = _istft_call(input, n_fft, hop, width, window, *flags)
    sides = input.shape[-2] != n_fft if onesided is None else bool(onesided)
    _check_istft(called, input, n_fft, hop, width, window, sides)
    if return_complex:
        _complex_only(sides)
    elif window is not None and window.is_complex():
        raise RuntimeError("Complex windows are incompatible with return_complex=False")
    x = (input if input.ndim == 3 else input.unsqueeze(0)).transpose(1, 2)
    frames, total = x.shape[1], n_fft + hop * (x.shape[1] - 1)
    real = input.real.dtype
    whole = _window(input.new_ones(1, dtype=real), window, width, n_fft)
    scale = 1 / math.sqrt(n_fft) if normalized else 1 / n_fft
    if return_complex:
        y = Op.table["fft_c2c"](x, (2,), scale, False)
    else:
        x = x if sides else x[..., : n_fft // 2 + 1]
        y = Op.table["fft_c2r"](x, 2, n_fft, scale)
    y = Op.table["unfold_backward"](y * whole, (x.shape[0], total), 1, n_fft, hop)
    squares = (whole * whole).expand(1, frames, n_fft)
    envelope = Op.table["unfold_backward"](squares, (1, total), 1, n_fft, hop)
    start = n_fft // 2 if center else 0
    end = start + length if length is not None else total - n_fft // 2 if center else total
    y, envelope = y[:, start:end], envelope[:, start:end]
    lowest = envelope._data.real if envelope.is_complex() else envelope._data
    if lowest.size and not bool((abs(lowest) > 1e-11).all()):
        raise RuntimeError(f"{called}window overlap add min: 1\n[ CPUBoolType{{}} ]")
    y = y / envelope
    y = y.squeeze(0) if input.ndim == 2 else y
    if end > total:
        warnings.warn(
            "The length of signal is shorter than the length parameter. Result is being padded with zeros in the tail. Please check "
            "your center and hop_length settings.",
            UserWarning,
            stacklevel=3,
        )
        y = pad(y, (0, end - total))
    return y


def _istft_call(input: Any, n_fft: int, hop: int, width: int, window: Any, *flags: Any) -> str:
    names = ("window", "center", "normalized", "onesided", "length", "return_complex")
    given = "".join(f", {name}={_shown(value)}" for name, value in zip(names, (window, *flags)))
    kind = input.type().rsplit(".", 1)[-1].removesuffix("Tensor")
    return f"istft(CPU{kind}Type{list(input.shape)}, n_fft={n_fft}, hop_length={hop}, win_length={width}{given}) "


def _check_istft(called: str, input: Any, n_fft: int, hop: int, width: int, window: Any, onesided: bool) -> None:
    rows, problem = input.shape[-2], ""
    if not input._data.size:
        problem = "input tensor cannot be empty."
    elif input.ndim not in (2, 3):
        problem = f"expected a tensor with 3 or 4 dimensions, but got {input.ndim + 1}"
    elif onesided and n_fft // 2 + 1 != rows:
        problem = (
            "expected the frequency dimension (3rd to the last) of the input tensor to match n_fft / 2 + 1 when onesided=True, "
            f"but got {rows}"
        )
    elif not onesided and n_fft != rows:
        problem = (
            "expected the frequency dimension (3rd to the last) of the input tensor to match n_fft when onesided=False, but got "
            f"{rows}"
        )
    elif not 0 < hop <= width:
        problem = "expected 0 < hop_length <= win_length"
    elif not 0 < width <= n_fft:
        problem = "expected 0 < win_length <= n_fft"
    elif window is not None and tuple(window.shape) != (width,):
        problem = "Invalid window shape. window has to be 1D and length of `win_length`"
    if problem:
        raise RuntimeError(f"{called}: {problem}")
