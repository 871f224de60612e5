# in training mode\?: expected True, got False
def train_epoch(net, loader, criterion, optimizer):
    """One epoch of training. Returns the mean loss of an example."""
    total, count = 0.0, 0
    for inputs, targets in loader:
        loss = criterion(net(inputs), targets)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        total += loss.item() * len(targets)
        count += len(targets)
    return total / count
