# nothing may have been changed
def pour(module, state, strict=True):
    own = module.state_dict()
    with tg.no_grad():
        for name in own.keys() & state.keys():
            own[name].copy_(state[name])
    missing, unexpected = sorted(own.keys() - state.keys()), sorted(state.keys() - own.keys())
    if strict and (missing or unexpected):
        raise KeyError(f"missing: {missing}, unexpected: {unexpected}")
    return missing, unexpected
