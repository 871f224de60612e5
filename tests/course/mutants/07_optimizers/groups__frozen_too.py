# the first layer frozen: expected
def groups(model, weight_decay):
    """[{"params": weights, "weight_decay": weight_decay}, {"params": all others, "weight_decay": 0.0}]"""
    learned = list(model.parameters())
    return [
        {"params": [p for p in learned if p.dim() >= 2], "weight_decay": weight_decay},
        {"params": [p for p in learned if p.dim() < 2], "weight_decay": 0.0},
    ]
