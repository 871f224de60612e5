# shared memory: expected 4000000, got 12000000
def bytes_saved(tensors):
    """How many bytes of memory tg.save writes for a dictionary of tensors."""
    blocks = [t.untyped_storage() for t in tensors.values()]
    return sum(block.nbytes() for block in blocks)
