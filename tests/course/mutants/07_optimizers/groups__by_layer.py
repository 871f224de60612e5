# a batch norm's scale: expected
def groups(model, weight_decay):
    """[{"params": weights, "weight_decay": weight_decay}, {"params": all others, "weight_decay": 0.0}]"""
    learned = [(name, p) for name, p in model.named_parameters() if p.requires_grad]
    return [
        {"params": [p for name, p in learned if not name.endswith("bias")], "weight_decay": weight_decay},
        {"params": [p for name, p in learned if name.endswith("bias")], "weight_decay": 0.0},
    ]
