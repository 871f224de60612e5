# with a prefix: expected 0 elements, got 8
def load_matching(net, state, prefix="module."):
    own = net.state_dict()
    fitting = {name: value for name, value in state.items() if name in own and own[name].shape == value.shape}
    net.load_state_dict(fitting, strict=False)
    return sorted(set(own) - set(fitting))
