# Error\(s\) in loading state_dict
def load_matching(net, state, prefix="module."):
    own = net.state_dict()
    fitting = {name.removeprefix(prefix): value for name, value in state.items()}
    fitting = {name: value for name, value in fitting.items() if name in own}
    net.load_state_dict(fitting, strict=False)
    return sorted(set(own) - set(fitting))
