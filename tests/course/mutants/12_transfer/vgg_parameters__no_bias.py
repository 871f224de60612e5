# expected 1792, got 1728
def vgg_parameters(plan):
    total, inside = 0, 3
    for outside in plan:
        if outside != "M":
            total += outside * 9 * inside
            inside = outside
    return total
