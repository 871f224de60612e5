# expected 'float', got 'Tensor'
def train_epoch(net, loader, criterion, optimizer):
    """One epoch of training. Returns the mean loss of an example."""
    net.train()
    total, count = 0.0, 0
    for inputs, targets in loader:
        loss = criterion(net(inputs), targets)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        total += loss.detach() * len(targets)
        count += len(targets)
    return total / count
