# the running mean: expected 0\.55
def batch_norm(x, gamma, beta, running_mean, running_var, training, momentum=0.1, eps=1e-5):
    mean, var = running_mean, running_var
    if training:
        mean, var = x.mean((0, 2, 3)), x.var((0, 2, 3))
        running_mean = running_mean + (1 - momentum) * (mean - running_mean)
        running_var = running_var + (1 - momentum) * (x.var((0, 2, 3), ddof=1) - running_var)
    mean, scale, gamma, beta = (a.reshape(1, -1, 1, 1) for a in (mean, np.sqrt(var + eps), gamma, beta))
    return gamma * (x - mean) / scale + beta, running_mean, running_var
