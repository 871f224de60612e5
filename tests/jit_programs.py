"""Programs to trace: together they use views, in-place writes, indexing, masks, sizes, and most families of operations."""

import tinygrad_edu as tg

F = tg.nn.functional


def set_items(x):
    y = tg.zeros(x.size(0), 6)
    y[:, 1] = x[:, 0]
    y[:, 2:4] += 3
    return y * 2


def write_views(x):
    y = x.clone()
    v = y[:, 1:]
    v.mul_(3)
    y.view(-1)[0] = 7.0
    return y, v


def fill(x):
    y = tg.empty(x.shape[0], 3)
    y.fill_(2.5)
    y.add_(x[:, :3])
    return y


def masks(x):
    return x.masked_fill(x > 0, 0.0), x.masked_fill_(x < -1, 9.0), tg.where(x > 0, x, x * 2), (x > 0) & (x < 1)


def positions(x):
    return x + tg.arange(x.size(1)) + tg.arange(x.size(0)).unsqueeze(1) / x.size(0)


def loop(x):
    h = x.new_zeros(x.size(0), 4)
    for i in range(3):
        h = tg.tanh(h + x[:, i : i + 1])
    return h


def parts(x):
    a, b = x.chunk(2, 1)
    return tg.cat([b, a], 1), tg.stack([a, b]), *x.split(2, 1), *x.unbind(1)


def reductions(x):
    return (
        x.mean(0), x.sum() / x.numel(), x.std(1), x.var(), x.max(1)[0], x.argmax(1), x.topk(2, 1)[0], x.sort(1)[0], x.cumsum(1),
        tg.linalg.norm(x), x.norm(dim=1), x.amax(0), x.logsumexp(1), x.median(1)[0], x.prod(1), (x > 0).any(1),
    )  # fmt: skip


def shapes(x):
    return (
        x.view(x.size(0) * 2, -1), x.reshape(-1), x.flatten(), x.t(), x.permute(1, 0).contiguous(), x.unsqueeze(1).expand(-1, 3, -1),
        x.repeat(2, 1), x.flip(1), x.roll(1, 1), F.pad(x, (1, 2)), x.triu(), x.view(x.size(0), 2, -1).transpose(1, 2),
    )  # fmt: skip


def indices(x):
    return (
        x[tg.tensor([0, 1])], x[:, [1, 0]], x[x.sum(1) > -100], x[..., -1], x[None], x.index_select(1, tg.tensor([2, 1])),
        x.gather(1, x.argsort(1)), F.one_hot(x.argmax(1), 4).float() @ tg.ones(4, 2), tg.nonzero(x.abs() > 100),
    )  # fmt: skip


def pointwise(x):
    return (
        F.gelu(x), F.silu(x), F.leaky_relu(x, 0.1), F.softplus(x), F.log_softmax(x, 1), F.hardtanh(x), F.elu(x), F.mish(x),
        x.clamp(-0.5, 0.5), x.abs().sqrt(), x**2, 2**x, 1 - x, 1 / (x + 9), x // 1, -x, x.exp().log(), F.softmin(x, 1), F.glu(x, 1),
        tg.maximum(x, -x), x.erf(), x.round(), x.sigmoid().logit(), x.double() + 1, x.to(tg.int64) % 3,
    )  # fmt: skip


def losses(x):
    target = tg.arange(x.size(0)) % 4
    return (
        F.mse_loss(x, x * 2), F.cross_entropy(x, target), F.nll_loss(x.log_softmax(1), target), F.l1_loss(x, x + 1),
        F.kl_div(x.log_softmax(1), x.softmax(1), reduction="batchmean"), F.binary_cross_entropy_with_logits(x, x.sigmoid()),
    )  # fmt: skip


def products(x):
    return (
        tg.einsum("bi,bj->bij", x, x),
        x @ x.t(),
        tg.addmm(x @ x.t(), x, x.t()),
        tg.matmul(x, tg.ones(4)),
        tg.outer(x[0], x[1]),
    )


def images(x):
    return (
        F.interpolate(x, scale_factor=2), F.interpolate(x, size=(7, 7), mode="bilinear"), F.adaptive_avg_pool2d(x, 1), F.avg_pool2d(x, 2),
        F.conv_transpose2d(x, tg.ones(3, 2, 2, 2)), F.unfold(x, 2), F.pixel_shuffle(x.repeat(1, 4, 1, 1), 2), F.layer_norm(x, (4, 4)),
        *F.max_pool2d(x, 2, return_indices=True), F.batch_norm(x, None, None, training=True), F.group_norm(x, 3),
    )  # fmt: skip


MATRICES = [
    set_items, write_views, fill, masks, positions, loop, parts, reductions, shapes, indices, pointwise, losses, products,
]  # fmt: skip
