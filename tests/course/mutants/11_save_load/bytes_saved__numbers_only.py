# a view of a million numbers: expected 4000000, got 4000
def bytes_saved(tensors):
    """How many bytes of memory tg.save writes for a dictionary of tensors."""
    return sum(t.numel() * t.element_size() for t in tensors.values())
