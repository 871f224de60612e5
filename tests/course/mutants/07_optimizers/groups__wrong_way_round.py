# nn\.Linear\(3, 2\).*: expected 0\.1, got 0\.0
def groups(model, weight_decay):
    """[{"params": weights, "weight_decay": weight_decay}, {"params": all others, "weight_decay": 0.0}]"""
    learned = [p for p in model.parameters() if p.requires_grad]
    return [
        {"params": [p for p in learned if p.dim() < 2], "weight_decay": 0.0},
        {"params": [p for p in learned if p.dim() >= 2], "weight_decay": weight_decay},
    ]
