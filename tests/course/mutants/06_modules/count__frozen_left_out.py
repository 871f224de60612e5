# count\(frozen\): expected 11, got 3
def count(module):
    sizes = [p.numel() for p in module.parameters() if p.requires_grad]
    return sum(sizes), sum(sizes)
