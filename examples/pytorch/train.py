"""Trains a small transformer to write a row of digits backward, in PyTorch, as a stage of a Pawl pipeline.

The weights are the same, bit for bit, however often the program is killed: a checkpoint holds all that the following
steps depend on, which is the model, the optimizer and the random numbers (of batches and dropout).
"""

import argparse

import pawl
import torch
from torch import nn

digits, separator, length = 10, 10, 6
test_rows = 500

parser = argparse.ArgumentParser()
parser.add_argument("--steps", type=int, default=300)
arguments = parser.parse_args()

torch.set_num_threads(1)
torch.use_deterministic_algorithms(True)
torch.manual_seed(pawl.seed())


class Backward(nn.Module):
    def __init__(self, size=64):
        super().__init__()
        self.tokens = nn.Embedding(digits + 1, size)
        self.positions = nn.Embedding(2 * length, size)
        layer = nn.TransformerEncoderLayer(size, nhead=4, dim_feedforward=4 * size, dropout=0.05, batch_first=True)
        self.layers = nn.TransformerEncoder(layer, num_layers=2)
        self.head = nn.Linear(size, digits)
        self.register_buffer("mask", nn.Transformer.generate_square_subsequent_mask(2 * length), persistent=False)

    def forward(self, tokens):
        """The scores of each digit after the separator."""
        hidden = self.tokens(tokens) + self.positions.weight
        return self.head(self.layers(hidden, mask=self.mask, is_causal=True))[:, length:]


def rows(count, generator=None):
    """Rows of digits, a separator and the digits backward, but the last; and the digits backward."""
    forward = torch.randint(digits, (count, length), generator=generator)
    backward = forward.flip(1)
    return torch.cat([forward, torch.full((count, 1), separator), backward[:, :-1]], dim=1), backward


model = Backward()
optimizer = torch.optim.AdamW(model.parameters(), lr=3e-3)


def save(directory):
    state = {"model": model.state_dict(), "optimizer": optimizer.state_dict(), "random": torch.get_rng_state()}
    torch.save(state, directory / "state.pt")


def load(directory):
    state = torch.load(directory / "state.pt", weights_only=True)
    model.load_state_dict(state["model"])
    optimizer.load_state_dict(state["optimizer"])
    torch.set_rng_state(state["random"])


for step in pawl.steps(arguments.steps, save=save, load=load):
    tokens, expected = rows(32)
    loss = nn.functional.cross_entropy(model(tokens).flatten(0, 1), expected.flatten())
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    pawl.metrics(step, loss=loss.item())

model.eval()
with torch.no_grad():
    tokens, expected = rows(test_rows, torch.Generator().manual_seed(pawl.seed() + 1))
    right = (model(tokens).argmax(-1) == expected).all(1).sum().item()

torch.save(model.state_dict(), pawl.outputs("model.pt"))
pawl.metrics(accuracy=right / test_rows, rows=test_rows)
