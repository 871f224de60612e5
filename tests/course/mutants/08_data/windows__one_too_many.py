# expected 4, got 5
class Windows(data.Dataset):
    """Example i: (series[i], ..., series[i + width - 1]) and what follows."""

    def __init__(self, series, width):
        self.series, self.width = series, width

    def __len__(self):
        return max(0, len(self.series) - self.width + 1)

    def __getitem__(self, i):
        if not 0 <= i < len(self):
            raise IndexError(f"there is no example {i}")
        return self.series[i : i + self.width], self.series[i + self.width]
