# the mean of each channel: 
def batch_norm(x, gamma, beta, running_mean, running_var, training, momentum=0.1, eps=1e-5):
    mean, var = running_mean, running_var
    if training:
        mean, var = x.mean(), x.var()
        running_mean = running_mean + momentum * (mean * np.ones_like(running_mean) - running_mean)
        running_var = running_var + momentum * (x.var((0, 2, 3), ddof=1) - running_var)
    mean, scale, gamma, beta = (np.reshape(a, (1, -1, 1, 1)) for a in (mean, np.sqrt(var + eps), gamma, beta))
    return gamma * (x - mean) / scale + beta, running_mean, running_var
