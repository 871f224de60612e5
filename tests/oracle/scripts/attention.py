"""A recurrent encoder and a decoder with attention translate numbers' words; teacher forcing, packed batches, greedy search."""

import random

import torch
import torch.nn as nn
import torch.nn.functional as F
from torch import optim
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence, pad_sequence

random.seed(4)
torch.manual_seed(4)
SOS, EOS, PAD = 0, 1, 2
UNITS = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"]
PAIRS = [(" ".join(UNITS[int(c)] for c in str(n)), str(n)) for n in (random.randrange(1, 3000) for _ in range(60))]


class Lang:
    def __init__(self, name):
        self.name = name
        self.index = {"SOS": SOS, "EOS": EOS, "PAD": PAD}
        self.n_words = 3

    def add(self, tokens):
        for token in tokens:
            if token not in self.index:
                self.index[token] = self.n_words
                self.n_words += 1

    def ids(self, tokens):
        return torch.tensor([self.index[t] for t in tokens] + [EOS])


source, target = Lang("words"), Lang("digits")
for words, number in PAIRS:
    source.add(words.split())
    target.add(number)


class EncoderRNN(nn.Module):
    def __init__(self, input_size, hidden_size, dropout_p=0.1):
        super().__init__()
        self.embedding = nn.Embedding(input_size, hidden_size, padding_idx=PAD)
        self.gru = nn.GRU(hidden_size, hidden_size, batch_first=True)
        self.dropout = nn.Dropout(dropout_p)

    def forward(self, input, lengths):
        embedded = self.dropout(self.embedding(input))
        packed = pack_padded_sequence(embedded, lengths, batch_first=True, enforce_sorted=False)
        output, hidden = self.gru(packed)
        output, _ = pad_packed_sequence(output, batch_first=True)
        return output, hidden


class BahdanauAttention(nn.Module):
    def __init__(self, hidden_size):
        super().__init__()
        self.Wa = nn.Linear(hidden_size, hidden_size)
        self.Ua = nn.Linear(hidden_size, hidden_size)
        self.Va = nn.Linear(hidden_size, 1)

    def forward(self, query, keys, mask):
        scores = self.Va(torch.tanh(self.Wa(query) + self.Ua(keys))).squeeze(2).unsqueeze(1)
        weights = F.softmax(scores.masked_fill(mask.unsqueeze(1), float("-inf")), dim=-1)
        return torch.bmm(weights, keys), weights


class AttnDecoderRNN(nn.Module):
    def __init__(self, hidden_size, output_size):
        super().__init__()
        self.embedding = nn.Embedding(output_size, hidden_size)
        self.attention = BahdanauAttention(hidden_size)
        self.gru = nn.GRU(2 * hidden_size, hidden_size, batch_first=True)
        self.out = nn.Linear(hidden_size, output_size)

    def forward(self, encoder_outputs, hidden, mask, wanted=None, longest=6):
        token = torch.empty(encoder_outputs.size(0), 1, dtype=torch.long).fill_(SOS)
        outputs, attentions = [], []
        for i in range(longest if wanted is None else wanted.size(1)):
            context, weights = self.attention(hidden.permute(1, 0, 2), encoder_outputs, mask)
            output, hidden = self.gru(torch.cat((self.embedding(token), context), dim=2), hidden)
            output = self.out(output)
            outputs.append(output)
            attentions.append(weights)
            if wanted is not None and random.random() < 0.9:
                token = wanted[:, i].unsqueeze(1)
            else:
                _, top = output.topk(1)
                token = top.squeeze(-1).detach()
        return F.log_softmax(torch.cat(outputs, dim=1), dim=-1), torch.cat(attentions, dim=1)


def batches(size):
    for start in range(0, len(PAIRS), size):
        chosen = PAIRS[start : start + size]
        rows = [source.ids(a.split()) for a, _ in chosen]
        wanted = [target.ids(b) for _, b in chosen]
        lengths = torch.tensor([len(r) for r in rows])
        yield pad_sequence(rows, True, PAD), lengths, pad_sequence(wanted, batch_first=True, padding_value=PAD)


hidden_size = 16
encoder = EncoderRNN(source.n_words, hidden_size)
decoder = AttnDecoderRNN(hidden_size, target.n_words)
encoder_optimizer = optim.Adam(encoder.parameters(), lr=0.005)
decoder_optimizer = optim.Adam(decoder.parameters(), lr=0.005)
criterion = nn.NLLLoss(ignore_index=PAD)
for epoch in range(4):
    total_loss = 0
    for inputs, lengths, wanted in batches(12):
        encoder_optimizer.zero_grad()
        decoder_optimizer.zero_grad()
        outputs, hidden = encoder(inputs, lengths)
        scores, attention = decoder(outputs, hidden, inputs == PAD, wanted)
        loss = criterion(scores.view(-1, scores.size(-1)), wanted.view(-1))
        loss.backward()
        torch.nn.utils.clip_grad_norm_(decoder.parameters(), 1.0)
        encoder_optimizer.step()
        decoder_optimizer.step()
        total_loss += loss.item()
    print(f"epoch {epoch} loss {total_loss / 5:.3f} attention {attention.shape}")
encoder.eval(), decoder.eval()
with torch.no_grad():
    inputs, lengths, _ = next(batches(3))
    scores, attention = decoder(*encoder(inputs, lengths), inputs == PAD)
    print(scores.exp().sum(-1), attention.sum(-1), attention[0, 0], scores.argmax(-1).shape)
print(encoder, decoder)
