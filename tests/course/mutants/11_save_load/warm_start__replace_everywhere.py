# everything fits: expected 0 elements, got 2
def warm_start(net, state):
    """Load what fits. Returns the sorted names of the network that stayed as they were."""
    own = net.state_dict()
    named = {name.replace("module.", ""): tensor for name, tensor in state.items()}
    fitting = {name: tensor for name, tensor in named.items() if name in own and tensor.shape == own[name].shape}
    net.load_state_dict(fitting, strict=False)
    return sorted(own.keys() - fitting.keys())
