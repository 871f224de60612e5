import torch
from torch.quasirandom import SobolEngine
soboleng = SobolEngine(dimension=5)
soboleng
soboleng.draw(3)
soboleng.draw(3)
soboleng.num_generated, soboleng.quasi
soboleng.reset()
soboleng.draw()
soboleng.draw_base2(0)
soboleng.draw_base2(3)
soboleng.fast_forward(6).draw(2)
SobolEngine(3).fast_forward(1).draw(2)
SobolEngine(3).fast_forward(100).draw(2, dtype=torch.float64)
SobolEngine(161).draw(300).sum(), SobolEngine(161).draw(5)[4]
SobolEngine(161).sobolstate.sum(), SobolEngine(161).sobolstate[::17, ::7]
SobolEngine(2, scramble=True, seed=12)
SobolEngine(2, scramble=True, seed=12).draw(4)
torch.manual_seed(3)
scrambled = SobolEngine(dimension=7, scramble=True)
scrambled.draw(5)
scrambled.shift
scrambled.sobolstate[:, ::5]
scrambled.reset().draw(2)
scrambled.draw(2, dtype=torch.float64)
torch.rand(2)
out = torch.empty(0)
SobolEngine(2).draw(3, out=out)
out
SobolEngine(1).draw(6).T
torch.quasirandom.SobolEngine(0)
torch.quasirandom.SobolEngine(21202)
SobolEngine.MAXDIM, SobolEngine.MAXBIT
SobolEngine(2, seed=3)
SobolEngine(30, scramble=True, seed=0).draw_base2(7).mean(0)
inside = (SobolEngine(2, scramble=True, seed=1).draw(4096).pow(2).sum(1) < 1).float().mean() * 4
inside
SobolEngine(3).draw(0)
SobolEngine(2).draw(2).device
