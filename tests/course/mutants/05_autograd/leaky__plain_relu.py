# forward: expected -0\.2, got
class LeakyReLU(tg.autograd.Function):
    @staticmethod
    def forward(ctx, x, slope):
        ctx.save_for_backward(x)
        ctx.slope = slope
        return tg.where(x > 0, x, 0 * x)

    @staticmethod
    def backward(ctx, g):
        (x,) = ctx.saved_tensors
        return tg.where(x > 0, g, ctx.slope * g), None
