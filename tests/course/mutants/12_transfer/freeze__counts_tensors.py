# expected 408, got 4
def freeze(layers, n):
    for i, layer in enumerate(layers):
        layer.requires_grad_(i >= n)
    return len([p for p in layers.parameters() if p.requires_grad])
