# numbered\(1, 2, 0\).*expected
def in_order(results):
    """The batches by number, each as soon as all before it have been given."""
    waiting, due = {}, 0
    for number, batch in results:
        waiting[number] = batch
        if due in waiting:
            yield waiting.pop(due)
            due += 1
