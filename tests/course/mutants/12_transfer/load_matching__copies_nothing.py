# a bias of the features, afterwards: expected 7\.0
def load_matching(net, state, prefix="module."):
    own = net.state_dict()
    for name, value in state.items():
        name = name.removeprefix(prefix)
        if name in own and own[name].shape == value.shape:
            own[name] = value
    return sorted(n for n in own if own[n] is not state.get(n, state.get(prefix + n)))
