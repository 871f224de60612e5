"""Attention: every query takes a weighted mean of the values, weighted by how well the keys match it."""

from __future__ import annotations

import math
import warnings
from typing import Any

from ..autograd.op import Op
from ..autograd.variable import needs_grad, wrap
from ..backend import kernels_of
from ._check import c_name
from ._composed import Composed
from ._layout import arranged
from .linalg import baddbmm, bmm, linear
from .registry import public
from .softmax import _softmax, softmax

# ------------------------------------------------------------------------------------ one primitive for the usual case


def _scores(k: Any, q: Any, key: Any, mask: Any, scale: float) -> Any:
    scores = (q * scale) @ key.swapaxes(-1, -2)
    if mask is None:
        return scores
    if mask.dtype.kind == "b":
        return k.xp.where(mask, scores, scores.dtype.type(-math.inf))
    scores += mask
    return scores


def _safe_softmax(k: Any, scores: Any) -> Any:
    """softmax over the last dimension; a row that is masked altogether gives zeros."""
    weights = _softmax(k, scores, scores.ndim - 1)
    dead = (scores == -math.inf).all(axis=-1, keepdims=True) if scores.size else None
    if dead is not None and (k.device_type == "cuda" or dead.any()):  # no waiting for a GPU's answer
        weights = k.xp.where(dead, weights.dtype.type(0), weights)
    return weights


def _attend_halves(k: Any, q: Any, key: Any, v: Any, mask: Any, scale: float) -> tuple[Any, Any]:
    """Computed in float32; as in torch's kernel, weights are rounded before they meet the values and divided by their sum after."""
    mask = mask if mask is None or mask.dtype.kind == "b" else mask.astype("float32")
    scores = _scores(k, q.astype("float32"), key.astype("float32"), mask, scale)
    top = scores.max(axis=-1, keepdims=True, initial=-math.inf)
    weights = k.xp.exp(scores - k.xp.where(top == -math.inf, top.dtype.type(0), top))
    total = weights.sum(axis=-1, keepdims=True)
    total[total == 0] = 1  # a row that is masked altogether gives zeros
    out = weights.astype(q.dtype).astype("float32") @ v.astype("float32") / total
    return out.astype(q.dtype), weights / total


def _attend(k: Any, q: Any, key: Any, v: Any, mask: Any, scale: float) -> tuple[Any, Any]:
    if q.dtype.itemsize == 2:
        return _attend_halves(k, q, key, v, mask, scale)
    weights = _safe_softmax(k, _scores(k, q, key, mask, scale))
    out = weights @ v
    return arranged(out, [q.strides]) if q.strides[-1] == q.itemsize else out, weights  # what comes next may be a view


def _product(a: Any, b: Any, scale: float = 1.0) -> Any:
    """``a @ b * scale``; of half precision in float32, rounded once."""
    if a.dtype.itemsize == 2:
        return _product(a.astype("float32"), b.astype("float32"), scale).astype(a.dtype)
    ab = a @ b
    if scale != 1.0:
        ab *= scale
    return ab


def _slope_of_scores(g: Any, v: Any, out: Any, weights: Any) -> Any:
    """The gradient of the scores. What softmax takes off is ``(gw * weights).sum()``, which is ``(g * out).sum()``: fewer numbers."""
    if g.dtype.itemsize == 2:
        g32, v32, out32 = (t.astype("float32") for t in (g, v, out))
        return _slope_of_scores(g32, v32, out32, weights).astype(g.dtype)
    gw = g @ v.swapaxes(-1, -2)
    gw -= (g * out).sum(axis=-1, keepdims=True)
    gw *= weights
    return gw


def _flat(k: Any, x: Any) -> Any:
    """The batch dimensions as one."""
    shape = tuple(x.shape)
    return k.reshaped(x, (math.prod(shape[:-2]), *shape[-2:]))


def _weights_steps(k: Any, q: Any, key: Any, mask: Any, scale: float) -> Any:
    scores = k.bmm(_flat(k, q) * scale, k.transpose(_flat(k, key), 1, 2))
    if mask is not None:
        mask = getattr(mask, "_data", mask)
        shape = (*q.shape[:-1], key.shape[-2])
        xp = kernels_of(q._data).xp
        added = xp.where(mask, 0.0, -math.inf).astype(q._data.dtype) if mask.dtype.kind == "b" else mask
        scores = scores + wrap(xp.broadcast_to(added, shape).reshape(scores.shape))
    return k.safe_softmax(scores)


def _scores_steps(k: Any, g: Any, v: Any, weights: Any, scale: float) -> Any:
    gw = k.bmm(_flat(k, g), k.transpose(_flat(k, v), 1, 2)) * weights
    return (gw - weights * k.sum_dims(gw, (2,), True)) * scale


def _query_steps(k: Any, g: Any, q: Any, key: Any, v: Any, out: Any, weights: Any, mask: Any, scale: float) -> Any:
    weights = _weights_steps(k, q, key, mask, scale)
    return k.reshaped(k.bmm(_scores_steps(k, g, v, weights, scale), _flat(k, key)), tuple(q.shape))


def _key_steps(k: Any, g: Any, q: Any, key: Any, v: Any, out: Any, weights: Any, mask: Any, scale: float) -> Any:
    weights = _weights_steps(k, q, key, mask, scale)
    gs = k.transpose(_scores_steps(k, g, v, weights, scale), 1, 2)
    return k.reshaped(k.bmm(gs, _flat(k, q)), tuple(key.shape))


def _value_steps(k: Any, g: Any, q: Any, key: Any, v: Any, weights: Any, mask: Any, scale: float) -> Any:
    weights = k.transpose(_weights_steps(k, q, key, mask, scale), 1, 2)
    return k.reshaped(k.bmm(weights, _flat(k, g)), tuple(v.shape))


Op("safe_softmax", _safe_softmax, node="SafeSoftmaxBackward0",
   scores=lambda k, g, out: g * out - out * k.sum_dims(g * out, (len(out.shape) - 1,), True))  # fmt: skip
Composed("attention_query_grad",
         lambda k, g, q, key, v, out, weights, mask, scale: _product(_slope_of_scores(g, v, out, weights), key, scale),
         _query_steps)  # fmt: skip
Composed("attention_key_grad",
         lambda k, g, q, key, v, out, weights, mask, scale:
         _product(_slope_of_scores(g, v, out, weights).swapaxes(-1, -2), q, scale), _key_steps)  # fmt: skip
Composed("attention_value_grad",
         lambda k, g, q, key, v, weights, mask, scale: _product(weights.astype(g.dtype, copy=False).swapaxes(-1, -2), g),
         _value_steps)  # fmt: skip
Op("attention", _attend, outputs=("out", "weights"), differentiable=(True, False),
   node="ScaledDotProductFlashAttentionForCpuBackward0",
   q=lambda k, g, q, key, v, out, weights, mask, scale: k.attention_query_grad(g, q, key, v, out, weights, mask, scale),
   key=lambda k, g, q, key, v, out, weights, mask, scale: k.attention_key_grad(g, q, key, v, out, weights, mask, scale),
   v=lambda k, g, q, key, v, weights, mask, scale: k.attention_value_grad(g, q, key, v, weights, mask, scale))  # fmt: skip


# ------------------------------------------------------------------------------------ scaled dot product
def _check(query: Any, key: Any, value: Any, attn_mask: Any) -> None:
    tensors = (query, key, value)
    if len({t._data.dtype for t in tensors}) > 1:
        q, k, v = (c_name(t.dtype) for t in tensors)
        raise RuntimeError(
            "Expected query, key, and value to have the same dtype, but got query.dtype: "
            f"{q} key.dtype: {k} and value.dtype: {v} instead."
        )
    if min(t.dim() for t in tensors) < 2:
        q, k, v = (t.dim() for t in tensors)
        raise RuntimeError(
            "Expected query, key, and value to all be  at least 2 dimensional, but got query.dim: "
            f"{q} key.dim: {k} and value.dim: {v} instead."
        )
    if attn_mask is not None and attn_mask.dtype.name not in ("bool", "float32", query.dtype.name):
        raise RuntimeError(
            "Expected attn_mask dtype to be bool or float or to match query dtype, but got attn_mask.dtype: "
            f"{c_name(attn_mask.dtype)} and  query.dtype: {c_name(query.dtype)} instead."
        )


def _causal(query: Any, key: Any) -> Any:
    xp = kernels_of(query._data).xp
    return wrap(xp.tril(xp.ones((query._data.shape[-2], key._data.shape[-2]), bool)))


@public("functional")
def scaled_dot_product_attention(
    query: Any, key: Any, value: Any, attn_mask: Any = None, dropout_p: float = 0.0, is_causal: bool = False,
    scale: float | None = None, enable_gqa: bool = False,
) -> Any:  # fmt: skip
    """``softmax(query @ key.T * scale + mask) @ value``: (…, L, E), (…, S, E), (…, S, V) give (…, L, V).

    ``scale`` is ``1 / sqrt(E)`` unless given. A bool mask is True where a query may look; a float mask is added.
    ``is_causal``: position i sees positions up to i only. ``enable_gqa``: several query heads share a key head.
    """
    _check(query, key, value, attn_mask)
    scale = 1 / math.sqrt(query._data.shape[-1]) if scale is None else scale
    if enable_gqa:
        heads = query._data.shape[-3]
        key = key.repeat_interleave(heads // key._data.shape[-3], -3)
        value = value.repeat_interleave(heads // value._data.shape[-3], -3)
    q, k, v = query._data.shape, key._data.shape, value._data.shape
    usual = len(q) == len(k) == len(v) == 4 and q[:2] == k[:2] == v[:2] and q[3] == k[3] == v[3] and k[2] == v[2]
    fused = usual and dropout_p == 0 and (attn_mask is None or not needs_grad(attn_mask))
    if is_causal and attn_mask is not None and not fused:  # torch's fused kernel takes both
        raise RuntimeError("_scaled_dot_product_attention: Explicit attn_mask should not be set when is_causal=True")
    if is_causal:
        causal = _causal(query, key)
        if attn_mask is None:
            attn_mask = causal
        elif attn_mask._data.dtype.kind == "b":
            attn_mask = attn_mask & causal
        else:
            attn_mask = attn_mask.masked_fill(~causal, -math.inf)
    if fused:
        mask = None if attn_mask is None else attn_mask._data
        return Op.table["attention"](query, key, value, mask, scale)[0]
    root = math.sqrt(abs(scale))
    scores = (query * root) @ (key.transpose(-2, -1) * (root if scale >= 0 else -root))
    if attn_mask is not None:
        if attn_mask._data.dtype.kind == "b":
            xp = kernels_of(query._data).xp
            attn_mask = wrap(xp.where(attn_mask._data, 0.0, -math.inf).astype(query._data.dtype))
        scores = scores + attn_mask
    weights = Op.table["safe_softmax"](scores)
    if dropout_p > 0:
        from .dropout import dropout

        weights = dropout(weights, dropout_p, True)
    return weights @ value


# ------------------------------------------------------------------------------------ several heads
def _shape_check(query: Any, key: Any, value: Any, padding: Any, mask: Any, heads: int) -> bool:
    """Whether there is a batch dimension; AssertionError, in torch's words, where shapes do not fit."""
    if query.dim() not in (2, 3):
        raise AssertionError(
            f"query should be unbatched 2D or batched 3D tensor but received {query.dim()}-D query tensor"
        )
    batched = query.dim() == 3
    kind, n = ("batched", 3) if batched else ("unbatched", 2)
    if key.dim() != n or value.dim() != n:
        raise AssertionError(
            f"For {kind} ({n}-D) `query`, expected `key` and `value` to be {n}-D but found {key.dim()}-D and {value.dim()}-D "
            "tensors respectively"
        )
    if padding is not None and padding.dim() != n - 1:
        raise AssertionError(
            f"For {kind} ({n}-D) `query`, expected `key_padding_mask` to be `None` or {n - 1}-D but found {padding.dim()}-D "
            "tensor instead"
        )
    if mask is not None:
        if mask.dim() not in (2, 3):
            raise AssertionError(
                f"For {kind} ({n}-D) `query`, expected `attn_mask` to be `None`, 2-D or 3-D but found {mask.dim()}-D tensor "
                "instead"
            )
        if not batched and mask.dim() == 3 and tuple(mask.shape) != (heads, query.shape[0], key.shape[0]):
            raise AssertionError(
                f"Expected `attn_mask` shape to be {(heads, query.shape[0], key.shape[0])} but got {mask.shape}"
            )
    return batched


def canonical_mask(mask: Any, name: str, other: Any, other_name: str, target: Any, check_other: bool = True) -> Any:
    """A mask as numbers to add: a bool mask becomes -inf where it is True."""
    if mask is None:
        return None
    is_bool = mask._data.dtype.kind == "b"
    if not (is_bool or mask.is_floating_point()):
        raise AssertionError(f"only bool and floating types of {name} are supported")
    if check_other and other is not None and mask.dtype != other.dtype:
        warnings.warn(
            f"Support for mismatched {name} and {other_name} is deprecated. Use same type for both instead.",
            stacklevel=3,
        )
    if is_bool:
        xp = kernels_of(mask._data).xp
        return wrap(xp.where(mask._data, -math.inf, 0.0).astype(target.np))
    return mask


def _packed(q: Any, k: Any, v: Any, w: Any, b: Any) -> tuple[Any, Any, Any]:
    """Queries, keys and values from one stacked weight; as few products as the inputs allow."""
    e = q.size(-1)
    if k is v and q is k:
        made = linear(q, w, b).unflatten(-1, (3, e)).unsqueeze(0).transpose(0, -2).squeeze(-2).contiguous()
        return made[0], made[1], made[2]
    if k is v:
        wq, wkv = w.split([e, e * 2])
        bq, bkv = (None, None) if b is None else b.split([e, e * 2])
        pair = linear(k, wkv, bkv).unflatten(-1, (2, e)).unsqueeze(0).transpose(0, -2).squeeze(-2).contiguous()
        return linear(q, wq, bq), pair[0], pair[1]
    ws = w.chunk(3)
    bs = (None, None, None) if b is None else b.chunk(3)
    return linear(q, ws[0], bs[0]), linear(k, ws[1], bs[1]), linear(v, ws[2], bs[2])


def _demand(condition: bool, message: str) -> None:
    if not condition:
        raise AssertionError(message)


@public("functional")
def multi_head_attention_forward(
    query: Any, key: Any, value: Any, embed_dim_to_check: int, num_heads: int, in_proj_weight: Any, in_proj_bias: Any,
    bias_k: Any, bias_v: Any, add_zero_attn: bool, dropout_p: float, out_proj_weight: Any, out_proj_bias: Any,
    training: bool = True, key_padding_mask: Any = None, need_weights: bool = True, attn_mask: Any = None,
    use_separate_proj_weight: bool = False, q_proj_weight: Any = None, k_proj_weight: Any = None, v_proj_weight: Any = None,
    static_k: Any = None, static_v: Any = None, average_attn_weights: bool = True, is_causal: bool = False,
) -> tuple[Any, Any]:  # fmt: skip
    """Attention of several heads, with projections in and out: query (L, N, E), key and value (S, N, E) give (L, N, E).

    Returns the output and the weights (N, L, S), averaged over the heads or not; None with ``need_weights=False``.
    """
    from .. import dtypes
    from .dropout import dropout_functional
    from .pad import pad

    batched = _shape_check(query, key, value, key_padding_mask, attn_mask, num_heads)
    if not batched:  # the same object stays the same object: one projection then does
        lifted = {id(t): t.unsqueeze(1) for t in (query, key, value)}
        query, key, value = (lifted[id(t)] for t in (query, key, value))
        if key_padding_mask is not None:
            key_padding_mask = key_padding_mask.unsqueeze(0)
    length, n, e = query.shape
    sources = key.shape[0]
    dtype = dtypes.of(query._data)
    key_padding_mask = canonical_mask(key_padding_mask, "key_padding_mask", attn_mask, "attn_mask", dtype)
    if is_causal and attn_mask is None:
        raise RuntimeError(
            "Need attn_mask if specifying the is_causal hint. You may use the Transformer module method "
            "`generate_square_subsequent_mask` to create this mask."
        )
    if is_causal and key_padding_mask is None and not need_weights:
        attn_mask = None
    else:
        attn_mask = canonical_mask(attn_mask, "attn_mask", None, "", dtype, False)
        if key_padding_mask is not None:
            is_causal = False
    _demand(e == embed_dim_to_check, f"was expecting embedding dimension of {embed_dim_to_check}, but got {e}")
    head = e // num_heads
    _demand(head * num_heads == e, f"embed_dim {e} not divisible by num_heads {num_heads}")
    if use_separate_proj_weight:
        _demand(
            key.shape[:2] == value.shape[:2],
            f"key's sequence and batch dims {key.shape[:2]} do not match value's {value.shape[:2]}",
        )
        _demand(q_proj_weight is not None, "use_separate_proj_weight is True but q_proj_weight is None")
        _demand(k_proj_weight is not None, "use_separate_proj_weight is True but k_proj_weight is None")
        _demand(v_proj_weight is not None, "use_separate_proj_weight is True but v_proj_weight is None")
        biases = (None, None, None) if in_proj_bias is None else in_proj_bias.chunk(3)
        weights = (q_proj_weight, k_proj_weight, v_proj_weight)
        q, k, v = (linear(t, w, b) for t, w, b in zip((query, key, value), weights, biases))
    else:
        _demand(key.shape == value.shape, f"key shape {key.shape} does not match value shape {value.shape}")
        _demand(in_proj_weight is not None, "use_separate_proj_weight is False but in_proj_weight is None")
        q, k, v = _packed(query, key, value, in_proj_weight, in_proj_bias)
    attn_mask = _placed_mask(attn_mask, n, num_heads, length, sources)
    if bias_k is not None and bias_v is not None:
        _demand(static_k is None, "bias cannot be added to static key.")
        _demand(static_v is None, "bias cannot be added to static value.")
        k, v = _cat([k, bias_k.repeat(1, n, 1)]), _cat([v, bias_v.repeat(1, n, 1)])
        attn_mask, key_padding_mask = (None if m is None else pad(m, (0, 1)) for m in (attn_mask, key_padding_mask))
    q = q.view(length, n * num_heads, head).transpose(0, 1)
    k, v = (
        t.view(t.shape[0], n * num_heads, head).transpose(0, 1) if given is None else given
        for t, given in ((k, static_k), (v, static_v))
    )
    if add_zero_attn:
        zeros = wrap(kernels_of(k._data).xp.zeros((n * num_heads, 1, head), k._data.dtype))
        k, v = _cat([k, zeros], 1), _cat([v, zeros], 1)
        attn_mask, key_padding_mask = (None if m is None else pad(m, (0, 1)) for m in (attn_mask, key_padding_mask))
    sources = k.size(1)
    if key_padding_mask is not None:
        for i, (wanted, got) in enumerate(zip((n, sources), key_padding_mask.shape)):
            _demand(wanted == got, f"Expected key_padded_mask.shape[{i}] to be {wanted}, but got {got}")
        hidden = (
            key_padding_mask.view(n, 1, 1, sources).expand(-1, num_heads, -1, -1).reshape(n * num_heads, 1, sources)
        )
        attn_mask = hidden if attn_mask is None else attn_mask + hidden
    if not training:
        dropout_p = 0.0
    if need_weights:
        scaled = q * math.sqrt(1.0 / head)
        _demand(not (is_causal and attn_mask is None), "is_causal needs an attn_mask when the weights are wanted")
        scores = (
            bmm(scaled, k.transpose(-2, -1)) if attn_mask is None else baddbmm(attn_mask, scaled, k.transpose(-2, -1))
        )
        shares = softmax(scores, -1)
        if dropout_p > 0.0:
            shares = dropout_functional(shares, dropout_p)
        out = bmm(shares, v).transpose(0, 1).contiguous().view(length * n, e)
        out = linear(out, out_proj_weight, out_proj_bias).view(length, n, out_proj_weight.size(0))
        shares = shares.view(n, num_heads, length, sources)
        if average_attn_weights:
            shares = shares.mean(1)
        return (out, shares) if batched else (out.squeeze(1), shares.squeeze(0))
    if attn_mask is not None:
        if attn_mask.size(0) == 1 and attn_mask.dim() == 3:
            attn_mask = attn_mask.unsqueeze(0)
        else:
            attn_mask = attn_mask.view(n, num_heads, -1, sources)
    q, k, v = (t.view(n, num_heads, t.shape[1], head) for t in (q, k, v))
    out = scaled_dot_product_attention(q, k, v, attn_mask, dropout_p, is_causal)
    out = out.permute(2, 0, 1, 3).contiguous().view(n * length, e)
    out = linear(out, out_proj_weight, out_proj_bias).view(length, n, out_proj_weight.size(0))
    return (out, None) if batched else (out.squeeze(1), None)


def _placed_mask(mask: Any, n: int, heads: int, length: int, sources: int) -> Any:
    """The mask with a dimension for batch and heads; RuntimeError where its shape does not fit."""
    if mask is None:
        return None
    for dim, right in ((2, (length, sources)), (3, (n * heads, length, sources))):
        if mask.dim() == dim:
            if tuple(mask.shape) != right:
                raise RuntimeError(f"The shape of the {dim}D attn_mask is {mask.shape}, but should be {right}.")
            return mask.unsqueeze(0) if dim == 2 else mask
    raise RuntimeError(f"attn_mask's dimension {mask.dim()} is not supported")


def _cat(tensors: list[Any], dim: int = 0) -> Any:
    from .joining import cat

    return cat(tensors, dim)
