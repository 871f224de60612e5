"""Run on several processes: trains a small network and writes its parameters, as rank 0 has them, to the file given."""

import sys

import tinygrad_edu as tg
from tinygrad_edu import distributed as dist
from tinygrad_edu import nn

BATCH = 8


class Net(nn.Module):
    """With a buffer, a part that is used for some samples only, and one that is never used."""

    def __init__(self):
        super().__init__()
        self.first, self.middle, self.last = nn.Linear(6, 16), nn.Linear(16, 16), nn.Linear(16, 3)
        self.sometimes, self.never = nn.Linear(16, 3), nn.Linear(16, 3)
        self.register_buffer("steps", tg.zeros(1, dtype=tg.float64))

    def forward(self, x, special):
        h = self.middle(self.first(x).tanh()).relu()
        out = self.last(h)
        if not special.any():
            return out  # in this process, `sometimes` has no part in the result
        return out + self.sometimes(h) * special[:, None]


def main(path):
    dist.init_process_group("mpi")
    rank, n = dist.get_rank(), dist.get_world_size()
    tg.manual_seed(100 + rank)  # unlike on purpose: rank 0's parameters count
    net = Net().double()
    if rank > 0:
        net.steps.fill_(rank)
    tg.manual_seed(0)
    data = tg.randn(48, 6, dtype=tg.float64)
    special = (tg.arange(48) % 8 == 0).double()
    dataset = tg.utils.data.TensorDataset(data, data.argmax(1) % 3, special)
    sampler = tg.utils.data.DistributedSampler(dataset, shuffle=False)
    loader = tg.utils.data.DataLoader(dataset, batch_size=BATCH // n, sampler=sampler)
    ddp = nn.parallel.DistributedDataParallel(net, find_unused_parameters=True, bucket_cap_mb=0.001)
    assert len(ddp._plan) > 2, "several buckets are tried"
    optimizer = tg.optim.SGD(net.parameters(), lr=0.1, momentum=0.9)

    def loss_of(model, batch, part):
        x, y, mark = (t[part] for t in batch)
        return nn.functional.cross_entropy(model(x, mark), y, reduction="sum") / len(batch[0])

    for epoch in range(2):
        sampler.set_epoch(epoch)
        for step, batch in enumerate(loader):
            optimizer.zero_grad()
            if step % 3 == 2:  # the gradient in two parts: summed over the processes with the second one only
                with ddp.no_sync():
                    loss_of(ddp, batch, slice(0, 1)).backward()
                loss_of(ddp, batch, slice(1, None)).backward()
            else:
                loss_of(ddp, batch, slice(None)).backward()
            assert net.never.weight.grad is None
            optimizer.step()
            if rank == 0:
                net.steps += 1
    ddp(data[:1], special[:1])  # the buffers follow rank 0's
    everyone = [None] * n
    dist.all_gather_object(everyone, [t.tolist() for t in net.state_dict().values()])
    assert all(each == everyone[0] for each in everyone), "the processes went apart"
    if rank == 0:
        tg.save(net.state_dict(), path)
    dist.destroy_process_group()


main(sys.argv[1])
