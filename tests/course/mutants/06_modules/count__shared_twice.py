# count\(tied\): expected 24, got 40
def count(module):
    layers = [m for m in module.modules() if not list(m.children())]
    sizes = [(p.numel(), p.requires_grad) for m in layers for p in m.parameters()]
    return sum(n for n, learned in sizes if learned), sum(n for n, _ in sizes)
