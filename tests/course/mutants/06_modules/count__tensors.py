# expected 8, got 2
def count(module):
    learned = [p for p in module.parameters() if p.requires_grad]
    return len(learned), len(list(module.parameters()))
