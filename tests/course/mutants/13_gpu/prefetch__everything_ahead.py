# no more than depth batches, and one in the thread's hand, may be loaded ahead
def prefetch(batches, depth=2):
    waiting = queue.Queue()

    def load():
        try:
            for batch in batches:
                waiting.put(("batch", batch))
            waiting.put(("end", None))
        except Exception as error:
            waiting.put(("error", error))

    threading.Thread(target=load, daemon=True).start()
    while True:
        kind, what = waiting.get()
        if kind == "end":
            return
        if kind == "error":
            raise what
        yield what
