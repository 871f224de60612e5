# expected a KeyError
def pour(module, state, strict=True):
    own = module.state_dict()
    with tg.no_grad():
        for name in own.keys() & state.keys():
            own[name].copy_(state[name])
    return sorted(own.keys() - state.keys()), sorted(state.keys() - own.keys())
