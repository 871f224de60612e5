"""Processes that share tensors: spawn, queues both ways, Hogwild training, what happens when one fails."""

import torch
import torch.multiprocessing as mp
from torch import nn


def fill(rank, shared, queue):
    shared[rank] = rank + 0.5
    if rank == 0:
        mine = torch.full((2, 2), 3.25)
        queue.put(("mine", mine))
        given = queue_back(queue, mine)
        print("first element in the child:", given)


def queue_back(queue, mine):
    while mine[0, 0] == 3.25:  # until the parent writes into it
        pass
    return mine[0, 0].item()


def train(rank, model, data, target):
    torch.manual_seed(rank)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.05)
    for _ in range(30):
        optimizer.zero_grad()
        nn.functional.mse_loss(model(data), target).backward()
        optimizer.step()


def fail(rank):
    raise ValueError(f"process {rank} has had enough")


def main():
    shared = torch.zeros(2).share_memory_()
    context = mp.get_context("spawn")
    queue = context.SimpleQueue()
    running = mp.spawn(fill, args=(shared, queue), nprocs=2, join=False)
    name, received = queue.get()
    print(name, received, received.is_shared())
    received[0, 0] = 7.5
    while not running.join():
        pass
    print(shared)

    torch.manual_seed(0)
    model = nn.Linear(3, 1)
    model.share_memory()
    data = torch.randn(64, 3)
    target = data @ torch.tensor([[1.0], [-2.0], [0.5]]) + 0.25
    before = nn.functional.mse_loss(model(data), target).item()
    workers = [mp.get_context("fork").Process(target=train, args=(i, model, data, target)) for i in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    after = nn.functional.mse_loss(model(data), target).item()
    print([worker.exitcode for worker in workers], after < before / 10, after < 1.5)

    try:
        mp.start_processes(fail, nprocs=1, start_method="fork")
    except mp.ProcessRaisedException as error:
        print(
            type(error).__name__,
            error.error_index,
            str(error).strip().splitlines()[0],
            str(error).strip().splitlines()[-1],
        )

    parameter = nn.Parameter(torch.tensor([1.5, 2.5]))
    results = context.SimpleQueue()
    try:
        results.put(parameter * 2)
    except RuntimeError as error:
        print(str(error)[:60])
    results.put(parameter)
    back = results.get()
    with torch.no_grad():
        back += 1
    print(type(back).__name__, back.requires_grad, parameter)
    view = torch.arange(6.0).view(2, 3)[:, 1]
    results.put(view)
    print(results.get())


if __name__ == "__main__":
    main()
