# backward: expected 0\.1, got 0
class LeakyReLU(tg.autograd.Function):
    @staticmethod
    def forward(ctx, x, slope):
        ctx.save_for_backward(x)
        ctx.slope = slope
        return tg.where(x > 0, x, slope * x)

    @staticmethod
    def backward(ctx, g):
        (x,) = ctx.saved_tensors
        return tg.where(x > 0, g, 0 * g), None
