# ten times as important: expected 5\.0, got 0\.5
class LeakyReLU(tg.autograd.Function):
    @staticmethod
    def forward(ctx, x, slope):
        ctx.save_for_backward(x)
        ctx.slope = slope
        return tg.where(x > 0, x, slope * x)

    @staticmethod
    def backward(ctx, g):
        (x,) = ctx.saved_tensors
        return tg.where(x > 0, tg.ones_like(g), ctx.slope * tg.ones_like(g)), None
