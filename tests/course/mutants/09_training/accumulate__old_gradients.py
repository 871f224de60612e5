# 4 examples, pieces of 2: what the gradient lacks: expected 0\.0, got 100
def accumulate(net, criterion, x, y, size):
    """The gradients of a large batch, computed in pieces. Returns its mean loss."""
    total = 0.0
    for inputs, targets in zip(x.split(size), y.split(size)):
        loss = criterion(net(inputs), targets) * (len(targets) / len(y))
        loss.backward()
        total += loss.item()
    return total
