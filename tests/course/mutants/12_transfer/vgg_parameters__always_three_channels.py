# expected 75648, got 5376
def vgg_parameters(plan):
    return sum(n * (9 * 3 + 1) for n in plan if n != "M")
