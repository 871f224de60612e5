# three steps: expected 3, got 2
def steps_needed(net, x, y, optimizer, goal, limit):
    """After how many steps is the loss of this batch below goal? None if not within limit steps."""
    net.train()
    for steps in range(limit + 1):
        loss = F.cross_entropy(net(x), y)
        if loss.item() < goal:
            return steps
        loss.backward()
        optimizer.step()
    return None
