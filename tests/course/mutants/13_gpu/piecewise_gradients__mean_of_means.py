# pieces of 1, 2 and 5: expected
def piecewise_gradients(net, x, y, sizes):
    total = [tg.zeros_like(p) for p in net.parameters()]
    for a, b in zip(x.split(sizes), y.split(sizes)):
        grads = tg.autograd.grad(F.cross_entropy(net(a), b), list(net.parameters()))
        total = [t + g / len(sizes) for t, g in zip(total, grads)]
    return total
