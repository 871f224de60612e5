# below the goal at the start: expected 0, got 1
def steps_needed(net, x, y, optimizer, goal, limit):
    """After how many steps is the loss of this batch below goal? None if not within limit steps."""
    net.train()
    for steps in range(limit + 1):
        loss = F.cross_entropy(net(x), y)
        if loss.item() < goal:
            return steps + 1
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return None
