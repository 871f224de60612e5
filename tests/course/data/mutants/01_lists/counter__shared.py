# two counters are apart: expected 0, got 7
class Counter:
    value = 0

    def __init__(self, start=0):
        Counter.value = start

    def step(self, by=1):
        Counter.value += by
        return Counter.value
