# groups, when all features are frozen: expected 1, got 2
def groups(net, rate):
    last = {id(p) for p in net.classifier.parameters()}
    free = [p for p in net.parameters() if p.requires_grad]
    return [
        {"params": [p for p in free if id(p) in last], "lr": rate},
        {"params": [p for p in free if id(p) not in last], "lr": rate / 10},
    ]
