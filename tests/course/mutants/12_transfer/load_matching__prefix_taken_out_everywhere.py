# a name that has the prefix inside, too: expected \[\], got
def load_matching(net, state, prefix="module."):
    own = net.state_dict()
    fitting = {}
    for name, value in state.items():
        name = name.replace(prefix, "")
        if name in own and own[name].shape == value.shape:
            fitting[name] = value
    net.load_state_dict(fitting, strict=False)
    return sorted(set(own) - set(fitting))
