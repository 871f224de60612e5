"""Choosing without a branch gives, bit for bit, what `where` gives."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from tinygrad_edu.backend.bits import choose, kept

ODD = [0.0, -0.0, np.inf, -np.inf, np.nan, 1e-45, 3.4e38]
DTYPES = st.sampled_from(["float16", "float32", "float64", "int16", "int32", "int64", "complex64", "uint8", "bool"])


@settings(max_examples=60, deadline=None)
@given(
    DTYPES,
    st.integers(0, 40_000),
    st.integers(0, 2**32 - 1),
    st.sampled_from(["both", "one", "other", "spread", "turned"]),
)
def test_choose_is_where(dtype, size, seed, form):
    rng = np.random.default_rng(seed)

    def numbers():
        with np.errstate(all="ignore"):
            values = rng.standard_normal(size) * rng.choice([1, 1e9], size)
            values[rng.random(size) < 0.1] = rng.choice(ODD)
            return values.astype(dtype)

    mask, a, b = rng.random(size) < rng.random(), numbers(), numbers()
    if form == "one" and size:
        a = a[0].reshape(())
    elif form == "other" and size:
        b = b[0].reshape(())
    elif form == "spread" and size:
        a = np.broadcast_to(a[0], (size,))
    elif form == "turned":
        mask, a, b = (t[: size // 2 * 2].reshape(2, -1).T for t in (mask, a, b))
    made, expected = choose(np, mask, a, b), np.where(mask, a, b)
    assert (made.dtype, made.shape, made.strides) == (expected.dtype, expected.shape, expected.strides)
    assert made.tobytes() == expected.tobytes()


def test_kept_makes_0_of_anything():
    odd = np.array(ODD, "float32")
    assert kept(odd, np.zeros(len(ODD), bool)).tobytes() == np.zeros(len(ODD), "float32").tobytes()
    assert kept(odd, np.ones(len(ODD), bool)).tobytes() == odd.tobytes()
