# two batches: expected 2 elements, got 1
def train(model, loss_of, optimizer, loader, epochs):
    """Train a model; returns the losses of all steps."""
    losses = []
    for _ in range(epochs):
        for x, y in loader:
            optimizer.zero_grad()
            loss = loss_of(model(x), y)
            loss.backward()
            optimizer.step()
        losses.append(loss.data.item())
    return losses
