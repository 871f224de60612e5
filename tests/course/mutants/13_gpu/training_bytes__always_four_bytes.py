# the same in float64: expected 256, got 128
def training_bytes(net):
    return sum(4 * p.numel() * (4 if p.requires_grad else 1) for p in net.parameters()) + sum(
        4 * b.numel() for b in net.buffers()
    )
