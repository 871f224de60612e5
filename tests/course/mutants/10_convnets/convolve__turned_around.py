# np\.array\(\[\[1\.0, 0\.0, 0\.0\]\]\)\): expected 0\.0, got 2\.0
def convolve(image, kernel):
    kh, kw = kernel.shape
    rows, columns = image.shape[0] - kh + 1, image.shape[1] - kw + 1
    out = np.zeros((rows, columns), image.dtype)
    for i in range(rows):
        for j in range(columns):
            out[i, j] = (image[i : i + kh, j : j + kw] * kernel[::-1, ::-1]).sum()
    return out
