# two batches: expected 16\.0, got 64\.0
def train(model, loss_of, optimizer, loader, epochs):
    """Train a model; returns the losses of all steps."""
    losses = []
    for _ in range(epochs):
        for x, y in loader:
            optimizer.zero_grad()
            loss = loss_of(model(x), y)
            optimizer.step()
            loss.backward()
            losses.append(loss.data.item())
    return losses
