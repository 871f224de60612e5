# the same, frozen: expected 32, got 128
def training_bytes(net):
    return 4 * sum(p.numel() * p.element_size() for p in net.parameters()) + sum(
        b.numel() * b.element_size() for b in net.buffers()
    )
