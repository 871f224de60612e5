# the losses after a resume: expected
def checkpoint(net, optimizer, epoch):
    """Everything that is needed to go on, as a dictionary of copies."""
    state = {"net": net.state_dict(), "optimizer": optimizer.state_dict()}
    return {**copy.deepcopy(state), "epoch": epoch, "random": tg.get_rng_state()}


def resume(net, optimizer, saved):
    """Put a checkpoint back into a network, its optimizer and the random numbers. Returns the epoch."""
    net.load_state_dict(saved["net"])
    optimizer.load_state_dict(copy.deepcopy(saved["optimizer"]))
    return saved["epoch"]
