# when the first convolution is frozen: expected 2 elements, got 4
def groups(net, rate):
    last = {id(p) for p in net.classifier.parameters()}
    return [
        {"params": [p for p in net.parameters() if id(p) in last], "lr": rate},
        {"params": [p for p in net.parameters() if id(p) not in last], "lr": rate / 10},
    ]
