# with decay: expected 0\.85, got 0\.4
def adamw_step(p, g, m, v, t, lr, betas, eps, weight_decay):
    """(new p, new m, new v) after step number t of AdamW."""
    beta1, beta2 = betas
    m = beta1 * m + (1 - beta1) * g
    v = beta2 * v + (1 - beta2) * g * g
    step = (m / (1 - beta1**t)) / (np.sqrt(v / (1 - beta2**t)) + eps)
    return p - weight_decay * p - lr * step, m, v
