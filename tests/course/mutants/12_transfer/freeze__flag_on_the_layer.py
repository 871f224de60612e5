# frozen_names\(3\): expected 2 elements, got 4|frozen_names\(3\): expected
def freeze(layers, n):
    for i, layer in enumerate(layers):
        layer.requires_grad = i >= n
    return sum(p.numel() for p in layers.parameters() if p.requires_grad)
