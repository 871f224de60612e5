# the weight after one and two epochs: expected 0\.75, got 1\.25
def train_epoch(net, loader, criterion, optimizer):
    """One epoch of training. Returns the mean loss of an example."""
    net.train()
    total, count = 0.0, 0
    for inputs, targets in loader:
        loss = criterion(net(inputs), targets)
        loss.backward()
        optimizer.step()
        total += loss.item() * len(targets)
        count += len(targets)
    return total / count
