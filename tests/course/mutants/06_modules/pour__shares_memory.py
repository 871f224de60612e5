# keeps ones when the state is zeroed afterwards: expected 1\.0, got 0\.0
def pour(module, state, strict=True):
    own = module.state_dict()
    missing, unexpected = sorted(own.keys() - state.keys()), sorted(state.keys() - own.keys())
    if strict and (missing or unexpected):
        raise KeyError(f"missing: {missing}, unexpected: {unexpected}")
    targets = dict(module.named_parameters()) | dict(module.named_buffers())
    for name in own.keys() & state.keys():
        targets[name].data = state[name]
    return missing, unexpected
