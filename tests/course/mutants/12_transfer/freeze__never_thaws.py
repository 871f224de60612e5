# frozen\(4\), then frozen\(1\): expected
def freeze(layers, n):
    for layer in layers[:n]:
        layer.requires_grad_(False)
    return sum(p.numel() for p in layers.parameters() if p.requires_grad)
