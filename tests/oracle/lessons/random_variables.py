import torch, torch.nn as nn, torch.nn.functional as F
from torch.distributions import Categorical, Normal, Bernoulli, MultivariateNormal, kl_divergence, Independent
import torch.distributions as D
import torch.distributions as dist
torch.manual_seed(3)
class Policy(nn.Module):
    def __init__(self):
        super().__init__(); self.affine1 = nn.Linear(4, 16); self.dropout = nn.Dropout(0.6); self.affine2 = nn.Linear(16, 2); self.value = nn.Linear(16,1); self.saved_log_probs=[]; self.rewards=[]
    def forward(self, x): 
        x = F.relu(self.dropout(self.affine1(x))); return F.softmax(self.affine2(x), dim=-1), self.value(x)
pi = Policy(); opt = torch.optim.Adam(pi.parameters(), lr=3e-2)
def act(s):
    p, v = pi(torch.from_numpy(s).float().unsqueeze(0)); m = Categorical(p); a = m.sample(); pi.saved_log_probs.append((m.log_prob(a), v, m.entropy())); return a.item()
import numpy as np
rs = np.random.RandomState(0)
acts = [act(rs.randn(4)) for _ in range(10)]; print(acts)
R = 0; rets = []
for r in [1.]*10: R = r + .99*R; rets.insert(0, R)
rets = torch.tensor(rets); rets = (rets - rets.mean()) / (rets.std() + 1e-8); print(rets)
loss = sum((-lp*(r - v.item())).sum() + F.smooth_l1_loss(v.squeeze(), r) - 0.01*e.sum() for (lp, v, e), r in zip(pi.saved_log_probs, rets)); print(loss)
loss.backward(); opt.step(); print([p.grad.norm() for p in pi.parameters()])
n = Normal(torch.tensor([0., 1.]), torch.tensor([1., 2.])); print(n, n.sample((3,)), n.rsample(), n.log_prob(torch.zeros(2)), n.entropy(), n.cdf(torch.tensor(0.3)), n.icdf(torch.tensor(.2)), n.mean, n.variance, n.stddev, n.batch_shape, n.event_shape)
Normal(0, 1).sample(), Normal(0., -1.)
Normal(torch.zeros(2), torch.tensor([1., 0.]))
Categorical(probs=torch.tensor([0.5, 0.6])), Categorical(torch.tensor([.1,.2]))
Categorical(logits=torch.randn(2,3)).sample((2,)), Categorical(logits=torch.zeros(3)).log_prob(torch.tensor(5))
Categorical(torch.tensor([-1., 2.]))
m = MultivariateNormal(torch.zeros(2), torch.tensor([[2., .5],[.5, 1.]])); print(m, m.sample((2,)), m.log_prob(torch.ones(2)), m.entropy(), m.covariance_matrix, m.precision_matrix, m.scale_tril)
D.Beta(torch.tensor([0.5]), torch.tensor([0.5])).sample()
b = D.Beta(2., 3.); print(b, b.mean, b.variance, b.log_prob(torch.tensor(.3)), b.entropy(), b.rsample((3,)), b.mode)
g = D.Gamma(torch.tensor([2., .3]), torch.tensor([1., 2.])); print(g, g.sample((4,)), g.log_prob(torch.tensor([1., 2.])), g.entropy(), g.mean, g.variance, g.mode, g.cdf(torch.tensor(1.)))
al = torch.tensor([2.,3.], requires_grad=True); s = D.Gamma(al, 1.).rsample(); s.sum().backward(); print(s, al.grad)
d = D.Dirichlet(torch.tensor([1., 2., .5])); print(d, d.sample(), d.log_prob(torch.tensor([.2,.3,.5])), d.entropy(), d.mean, d.variance)
al = torch.tensor([1.,2.,3.], requires_grad=True); s = D.Dirichlet(al).rsample(); s[0].backward(); print(s, al.grad)
t = D.StudentT(torch.tensor([3.])); print(t, t.sample(), t.log_prob(torch.tensor(1.)), t.entropy(), t.mean, t.variance)
D.Chi2(torch.tensor(3.)), D.Chi2(3.).sample(), D.Chi2(3.).log_prob(torch.tensor(2.))
D.Cauchy(0., 1.).sample((2,)), D.Cauchy(0., 1.).log_prob(torch.tensor(1.)), D.Cauchy(0.,1.).cdf(torch.tensor(.5)), D.Cauchy(0.,1.).entropy()
D.HalfNormal(1.).sample(), D.HalfNormal(torch.tensor(2.)).log_prob(torch.tensor(1.)), D.HalfCauchy(1.).sample((2,))
D.Gumbel(0., 1.).sample(), D.Gumbel(0., 1.).log_prob(torch.tensor(.2)), D.Gumbel(0., 1.).entropy()
D.Weibull(1., 2.).sample(), D.Pareto(1., 2.).sample(), D.Weibull(1.,2.).log_prob(torch.tensor(1.)), D.Kumaraswamy(1.,2.).sample()
D.Binomial(10, torch.tensor([.2, .8])).sample(), D.Binomial(10, torch.tensor(.3)).log_prob(torch.tensor(3.)), D.Binomial(4, torch.tensor(.3)).mean
D.Multinomial(10, torch.tensor([.2, .3, .5])).sample(), D.Multinomial(3, torch.tensor([.2, .3, .5])).log_prob(torch.tensor([1.,1.,1.]))
D.NegativeBinomial(3., torch.tensor(.5)).sample(), D.NegativeBinomial(3., torch.tensor(.5)).log_prob(torch.tensor(2.))
D.VonMises(0., 1.).sample((3,)), D.VonMises(0., 1.).log_prob(torch.tensor(1.))
D.RelaxedOneHotCategorical(torch.tensor([2.2]), torch.tensor([.1,.2,.7])).rsample(), D.RelaxedBernoulli(torch.tensor([2.2]), torch.tensor([.1,.2])).rsample()
mix = D.MixtureSameFamily(D.Categorical(torch.ones(5)), D.Normal(torch.randn(5), torch.rand(5))); print(mix, mix.sample((2,)), mix.log_prob(torch.tensor(0.)), mix.mean, mix.variance)
gmm = D.MixtureSameFamily(D.Categorical(torch.rand(3)), D.Independent(D.Normal(torch.randn(3,2), torch.rand(3,2)), 1)); print(gmm.sample((2,)), gmm.log_prob(torch.zeros(2)))
base = D.Normal(torch.zeros(2), torch.ones(2)); td = D.TransformedDistribution(base, [D.transforms.AffineTransform(1., 2.), D.transforms.SigmoidTransform()]); print(td, td.sample(), td.log_prob(torch.tensor([.3,.6])))
from torch.distributions.transforms import TanhTransform, ExpTransform, ComposeTransform, AffineTransform
sq = D.TransformedDistribution(base, TanhTransform(cache_size=1)); a = sq.rsample(); print(a, sq.log_prob(a).sum(-1)); ExpTransform(), TanhTransform(), ComposeTransform([AffineTransform(0., 1.), ExpTransform()])
ln = D.LogNormal(0., .5); print(ln, ln.sample(), ln.mean, ln.log_prob(torch.tensor(1.2)), ln.entropy())
kl_divergence(D.Gamma(2.,1.), D.Gamma(3.,2.)), kl_divergence(D.Beta(2.,1.), D.Beta(3.,2.)), kl_divergence(D.Dirichlet(torch.ones(3)), D.Dirichlet(torch.ones(3)*2))
kl_divergence(Normal(0.,1.), D.Gumbel(0.,1.)), kl_divergence(Normal(0.,1.), D.Laplace(0.,1.))
kl_divergence(D.Beta(1.,1.), Normal(0.,1.)), kl_divergence(D.Exponential(1.), D.Gamma(1.,2.)), kl_divergence(D.Poisson(1.), D.Binomial(2, .1))
D.LowRankMultivariateNormal(torch.zeros(2), torch.tensor([[1.],[0.]]), torch.ones(2)).sample()
D.Wishart(torch.tensor(3.), torch.eye(2)).mean, D.LKJCholesky(3, .5).sample()
D.constraints.positive, D.biject_to(D.constraints.positive), D.transform_to(D.constraints.simplex), D.biject_to(D.constraints.interval(0., 1.))
D.Poisson(torch.tensor([3., 20.])).sample(), D.Geometric(.3).sample((3,)), D.Exponential(2.).rsample((2,)), D.Laplace(0., 1.).rsample((2,)), D.Uniform(-1., 2.).sample((2,))
D.Uniform(2., 1.)
D.OneHotCategorical(torch.tensor([.2,.8])).sample(), D.OneHotCategoricalStraightThrough(torch.tensor([.2,.8])).rsample()
D.ContinuousBernoulli(torch.tensor(.3)).sample(), D.LogisticNormal(torch.zeros(2), torch.ones(2)).sample(), D.InverseGamma(2., 1.).sample(), D.FisherSnedecor(2.,3.).sample()
p = Normal(torch.zeros(3,2), torch.ones(2)).expand((3,2)); i = Independent(p, 1); print(i, i.log_prob(torch.zeros(3,2)), i.entropy(), i.batch_shape)
Normal.arg_constraints, Normal.support, Normal.has_rsample, Categorical.has_enumerate_support, Categorical(torch.ones(3)).enumerate_support()
Normal(0.,1.).log_prob("a")
Normal(0.,1.).log_prob(torch.tensor(float("nan")))
Bernoulli(.5).log_prob(torch.tensor(2.))
Bernoulli(torch.tensor([.3])), Bernoulli(logits=torch.tensor([0.3])).probs, Bernoulli(.3).sample((5,))
D.Distribution.set_default_validate_args(False); Bernoulli(.5).log_prob(torch.tensor(2.))
