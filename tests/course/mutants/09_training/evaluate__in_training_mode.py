# in evaluation mode
def evaluate(net, loader, criterion):
    """(mean loss of an example, share of right answers), without gradients, in evaluation mode."""
    training = net.training
    total, right, count = 0.0, 0, 0
    with tg.no_grad():
        for inputs, labels in loader:
            scores = net(inputs)
            total += criterion(scores, labels).item() * len(labels)
            right += (scores.argmax(1) == labels).sum().item()
            count += len(labels)
    net.train(training)
    return total / count, right / count
