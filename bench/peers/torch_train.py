"""The training step of Pawl's model in PyTorch: Qwen3 layout, tied embeddings, cross-entropy, clipping, fused AdamW.

usage: torch_train.py eager|compile THREADS < shape as JSON
Reads one line per measurement from standard input, `run N`, and answers with the seconds of each of N steps as JSON.
"""

import json
import sys
import time

import torch
import torch.nn.functional as F
from torch import nn

mode, threads = sys.argv[1], int(sys.argv[2])
torch.set_num_threads(threads)
torch.manual_seed(0)
shape = json.loads(sys.stdin.readline())
WIDTH, LAYERS, HEADS, KV_HEADS = shape["hiddenSize"], shape["layers"], shape["heads"], shape["keyValueHeads"]
HIDDEN, VOCABULARY, ROWS, LENGTH = shape["intermediateSize"], shape["vocabulary"], shape["rows"], shape["length"]
HEAD_WIDTH = WIDTH // HEADS


def rotate(x, cos, sin):
    a, b = x.chunk(2, -1)
    return x * cos + torch.cat((-b, a), -1) * sin


class Attention(nn.Module):
    def __init__(self):
        super().__init__()
        self.q = nn.Linear(WIDTH, HEADS * HEAD_WIDTH, bias=False)
        self.k = nn.Linear(WIDTH, KV_HEADS * HEAD_WIDTH, bias=False)
        self.v = nn.Linear(WIDTH, KV_HEADS * HEAD_WIDTH, bias=False)
        self.o = nn.Linear(HEADS * HEAD_WIDTH, WIDTH, bias=False)
        self.q_norm = nn.RMSNorm(HEAD_WIDTH, eps=1e-6)
        self.k_norm = nn.RMSNorm(HEAD_WIDTH, eps=1e-6)

    def forward(self, x, cos, sin):
        split = lambda y, heads: y.view(ROWS, LENGTH, heads, HEAD_WIDTH)
        q = rotate(self.q_norm(split(self.q(x), HEADS)).transpose(1, 2), cos, sin)
        k = rotate(self.k_norm(split(self.k(x), KV_HEADS)).transpose(1, 2), cos, sin)
        v = split(self.v(x), KV_HEADS).transpose(1, 2)
        y = F.scaled_dot_product_attention(q, k, v, is_causal=True, enable_gqa=HEADS != KV_HEADS)
        return self.o(y.transpose(1, 2).reshape(ROWS, LENGTH, HEADS * HEAD_WIDTH))


class Block(nn.Module):
    def __init__(self):
        super().__init__()
        self.norm1, self.norm2 = nn.RMSNorm(WIDTH, eps=1e-6), nn.RMSNorm(WIDTH, eps=1e-6)
        self.attention = Attention()
        self.gate = nn.Linear(WIDTH, HIDDEN, bias=False)
        self.up = nn.Linear(WIDTH, HIDDEN, bias=False)
        self.down = nn.Linear(HIDDEN, WIDTH, bias=False)

    def forward(self, x, cos, sin):
        x = x + self.attention(self.norm1(x), cos, sin)
        h = self.norm2(x)
        return x + self.down(F.silu(self.gate(h)) * self.up(h))


class Model(nn.Module):
    def __init__(self):
        super().__init__()
        self.embedding = nn.Embedding(VOCABULARY, WIDTH)
        self.blocks = nn.ModuleList(Block() for _ in range(LAYERS))
        self.norm = nn.RMSNorm(WIDTH, eps=1e-6)
        angles = torch.outer(torch.arange(LENGTH), 10000.0 ** (-torch.arange(0, HEAD_WIDTH, 2) / HEAD_WIDTH))
        angles = torch.cat((angles, angles), -1)
        self.register_buffer("cos", angles.cos())
        self.register_buffer("sin", angles.sin())
        for parameter in self.parameters():
            if parameter.ndim > 1:
                nn.init.normal_(parameter, 0, 0.02)

    def forward(self, tokens, targets):
        x = self.embedding(tokens)
        for block in self.blocks:
            x = block(x, self.cos, self.sin)
        logits = F.linear(self.norm(x), self.embedding.weight)
        return F.cross_entropy(logits.view(-1, VOCABULARY), targets.view(-1))


model = Model()
forward = torch.compile(model) if mode == "compile" else model
matrices = [p for p in model.parameters() if p.ndim > 1]
gains = [p for p in model.parameters() if p.ndim == 1]
groups = [{"params": matrices, "weight_decay": 0.1}, {"params": gains, "weight_decay": 0.0}]
optimizer = torch.optim.AdamW(groups, lr=1e-3, betas=(0.9, 0.95), fused=True)
generator = torch.Generator().manual_seed(1)


def step(tokens):
    loss = forward(tokens[:, :-1].contiguous(), tokens[:, 1:].contiguous())
    optimizer.zero_grad()
    loss.backward()
    nn.utils.clip_grad_norm_(model.parameters(), 1.0)
    optimizer.step()
    return loss.item()


for line in sys.stdin:
    seconds = []
    for _ in range(int(line.split()[1])):
        tokens = torch.randint(0, VOCABULARY, (ROWS, LENGTH + 1), generator=generator)
        start = time.perf_counter()
        loss = step(tokens)
        seconds.append(time.perf_counter() - start)
    print(json.dumps({"seconds": seconds, "loss": loss, "torch": torch.__version__}), flush=True)
