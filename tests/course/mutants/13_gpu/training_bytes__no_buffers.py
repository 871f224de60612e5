# batch norm with its buffers: expected 208, got 160
def training_bytes(net):
    return sum(p.numel() * p.element_size() * (4 if p.requires_grad else 1) for p in net.parameters())
