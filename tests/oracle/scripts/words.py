"""A word-level language model: embedding, LSTM, hidden state carried from batch to batch, gradient clipping, sampling."""

import math

import torch
import torch.nn as nn


class Corpus:
    def __init__(self, text):
        words = text.split()
        self.words = sorted(set(words))
        self.index = {word: i for i, word in enumerate(self.words)}
        self.ids = torch.tensor([self.index[word] for word in words]).type(torch.int64)


class RNNModel(nn.Module):
    def __init__(self, kind, ntoken, ninp, nhid, nlayers, dropout=0.5, tie_weights=False):
        super().__init__()
        self.drop = nn.Dropout(dropout)
        self.encoder = nn.Embedding(ntoken, ninp)
        self.rnn = getattr(nn, kind)(ninp, nhid, nlayers, dropout=dropout)
        self.decoder = nn.Linear(nhid, ntoken)
        if tie_weights:
            self.decoder.weight = self.encoder.weight
        self.init_weights()
        self.kind, self.nhid, self.nlayers = kind, nhid, nlayers

    def init_weights(self):
        initrange = 0.1
        nn.init.uniform_(self.encoder.weight, -initrange, initrange)
        nn.init.zeros_(self.decoder.bias)
        nn.init.uniform_(self.decoder.weight, -initrange, initrange)

    def forward(self, input, hidden):
        emb = self.drop(self.encoder(input))
        output, hidden = self.rnn(emb, hidden)
        decoded = self.decoder(self.drop(output))
        return nn.functional.log_softmax(decoded.view(-1, decoded.size(-1)), dim=1), hidden

    def init_hidden(self, bsz):
        weight = next(self.parameters())
        if self.kind == "LSTM":
            return (weight.new_zeros(self.nlayers, bsz, self.nhid), weight.new_zeros(self.nlayers, bsz, self.nhid))
        return weight.new_zeros(self.nlayers, bsz, self.nhid)


def batchify(data, bsz):
    nbatch = data.size(0) // bsz
    return data.narrow(0, 0, nbatch * bsz).view(bsz, -1).t().contiguous()


def repackage_hidden(h):
    return h.detach() if isinstance(h, torch.Tensor) else tuple(repackage_hidden(v) for v in h)


torch.manual_seed(1111)
corpus = Corpus("the cat sat on the mat and the dog sat on the log and then the cat ran to the dog . " * 12)
ntokens, bptt, batch_size = len(corpus.words), 7, 4
train_data = batchify(corpus.ids, batch_size)
print(ntokens, train_data.shape)
for kind in ("LSTM", "GRU"):
    model = RNNModel(kind, ntokens, 12, 12, 2, 0.2, tie_weights=True)
    print(model, [n for n, _ in model.named_parameters()])
    criterion = nn.NLLLoss()
    lr = 2.0
    for epoch in range(2):
        model.train()
        total, hidden = 0.0, model.init_hidden(batch_size)
        batches = range(0, train_data.size(0) - 1, bptt)
        for i in batches:
            seq_len = min(bptt, len(train_data) - 1 - i)
            data, targets = train_data[i : i + seq_len], train_data[i + 1 : i + 1 + seq_len].view(-1)
            model.zero_grad()
            hidden = repackage_hidden(hidden)
            output, hidden = model(data, hidden)
            loss = criterion(output, targets)
            loss.backward()
            torch.nn.utils.clip_grad_norm_(model.parameters(), 0.25)
            for p in model.parameters():
                p.data.add_(p.grad, alpha=-lr)
            total += loss.item()
        print(f"| epoch {epoch} | loss {total / len(batches):5.2f} | ppl {math.exp(total / len(batches)):8.2f}")
    model.eval()
    hidden = model.init_hidden(1)
    word = torch.randint(ntokens, (1, 1), dtype=torch.long)
    said = []
    with torch.no_grad():
        for _ in range(6):
            output, hidden = model(word, hidden)
            word_weights = output.squeeze().div(1.0).exp().cpu()
            word_idx = torch.multinomial(word_weights, 1)[0]
            word.fill_(word_idx)
            said.append(corpus.words[word_idx])
    print(len(said))
