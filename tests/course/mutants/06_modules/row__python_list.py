# expected 4 elements, got 0
class Row(nn.Module):
    def __init__(self, *layers):
        super().__init__()
        self.layers = list(layers)

    def forward(self, x):
        for layer in self.layers:
            x = layer(x)
        return x

    def __len__(self):
        return len(self.layers)

    def __getitem__(self, index):
        return Row(*self.layers[index]) if isinstance(index, slice) else self.layers[index]
