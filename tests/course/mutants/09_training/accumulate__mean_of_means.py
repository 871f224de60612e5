# 5 examples, pieces of 2: what the gradient lacks: expected 0\.0
def accumulate(net, criterion, x, y, size):
    """The gradients of a large batch, computed in pieces. Returns its mean loss."""
    net.zero_grad()
    total = 0.0
    for inputs, targets in zip(x.split(size), y.split(size)):
        loss = criterion(net(inputs), targets) * (1 / len(y.split(size)))
        loss.backward()
        total += loss.item()
    return total
