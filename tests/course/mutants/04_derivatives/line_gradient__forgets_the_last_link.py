# expected 4517\.3, got 82\.6
def line_gradient(w, b, t_u, t_c):
    """(d loss / d w, d loss / d b) for the loss mean((w * t_u + b - t_c)**2)."""
    d_t_p = 2 * (w * t_u + b - t_c) / len(t_u)
    return d_t_p.sum(), d_t_p.sum()
