# rates: expected 0\.5, got 0\.05
def groups(net, rate):
    last = {id(p) for p in net.classifier.parameters()}
    free = [p for p in net.parameters() if p.requires_grad]
    found = [
        {"params": [p for p in free if id(p) in last], "lr": rate / 10},
        {"params": [p for p in free if id(p) not in last], "lr": rate},
    ]
    return [group for group in found if group["params"]]
