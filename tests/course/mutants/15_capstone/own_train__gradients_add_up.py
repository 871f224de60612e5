# expected
def train(model, loss_of, optimizer, loader, epochs):
    """Train a model; returns the losses of all steps."""
    losses = []
    for _ in range(epochs):
        for x, y in loader:
            loss = loss_of(model(x), y)
            loss.backward()
            optimizer.step()
            losses.append(loss.data.item())
    return losses
