# the mean loss of 2 \+ 2 \+ 1 examples: expected 0\.51\d*, got
def evaluate(net, loader, criterion):
    """(mean loss of an example, share of right answers), without gradients, in evaluation mode."""
    training = net.training
    net.eval()
    total, right, count = 0.0, 0, 0
    with tg.no_grad():
        for inputs, labels in loader:
            scores = net(inputs)
            total += criterion(scores, labels).item()
            right += (scores.argmax(1) == labels).sum().item()
            count += len(labels)
    net.train(training)
    return total / len(loader), right / count
