# the sizes of the pieces: expected 3 elements, got 1
def accumulate(net, criterion, x, y, size):
    """The gradients of a large batch, computed in pieces. Returns its mean loss."""
    net.zero_grad()
    total = 0.0
    for inputs, targets in [(x, y)]:
        loss = criterion(net(inputs), targets) * (len(targets) / len(y))
        loss.backward()
        total += loss.item()
    return total
