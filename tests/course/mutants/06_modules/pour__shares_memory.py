# expected 1\.0, got 0\.0|expected \[\[1\.0, 1\.0\]\], got \[\[0\.0, 0\.0\]\]
def pour(module, state, strict=True):
    own = module.state_dict()
    missing, unexpected = sorted(own.keys() - state.keys()), sorted(state.keys() - own.keys())
    if strict and (missing or unexpected):
        raise KeyError(f"missing: {missing}, unexpected: {unexpected}")
    for name in own.keys() & state.keys():
        own[name].set_(state[name])
    return missing, unexpected
