# transpose\(0, 1\)\.tolist\(\): IndexError
class MyTensor:
    """A tensor on a flat list: a description of how to read it, and views that copy nothing."""

    def __init__(self, storage, shape, strides, offset=0):
        self.storage, self.shape, self.strides, self.offset = storage, tuple(shape), tuple(strides), offset

    def tolist(self):
        """The elements as nested lists."""
        if not self.shape:
            return self.storage[self.offset]
        return [self.select(0, i).tolist() for i in range(self.shape[0])]

    def transpose(self, d0, d1):
        """A view with two dimensions exchanged."""
        shape, strides = list(self.shape), list(self.strides)
        shape[d0], shape[d1] = shape[d1], shape[d0]
        return MyTensor(self.storage, shape, strides, self.offset)

    def narrow(self, dim, start, length):
        """A view of `length` elements from `start` along `dim`."""
        shape = (*self.shape[:dim], length, *self.shape[dim + 1 :])
        return MyTensor(self.storage, shape, self.strides, self.offset + start * self.strides[dim])

    def select(self, dim, index):
        """A view at `index` along `dim`; that dimension is gone."""
        shape = self.shape[:dim] + self.shape[dim + 1 :]
        strides = self.strides[:dim] + self.strides[dim + 1 :]
        return MyTensor(self.storage, shape, strides, self.offset + index * self.strides[dim])
