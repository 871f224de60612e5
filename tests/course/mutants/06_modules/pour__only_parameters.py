# running|missing|unexpected|KeyError
def pour(module, state, strict=True):
    own = dict(module.named_parameters())
    missing, unexpected = sorted(own.keys() - state.keys()), sorted(state.keys() - own.keys())
    if strict and (missing or unexpected):
        raise KeyError(f"missing: {missing}, unexpected: {unexpected}")
    with tg.no_grad():
        for name in own.keys() & state.keys():
            own[name].copy_(state[name])
    return missing, unexpected
