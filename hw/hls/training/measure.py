# SPDX-License-Identifier: Apache-2.0
"""How good the network is: greedy, without a grammar."""
import torch

import network as net
from pictures import ALPHABET

FOLD = str.maketrans("OQI", "001")


def greedy(outputs, row):
    best = outputs[:, :, row * net.CLASSES : (row + 1) * net.CLASSES].argmax(dim=2).numpy()
    return ["".join(ALPHABET[c - 1] for i, c in enumerate(line) if c and (i == 0 or line[i - 1] != c)) for line in best]


@torch.no_grad()
def measure(network, batches):
    """Whole plates right, and decoys known as such, per cent; mean error of the edges, rows of the input."""
    right = whole = decoys = known = characters = 0
    error = 0.0
    for batch in batches:
        outputs = network(batch.inputs).float()
        rows = [[read == true for read, true in zip(greedy(outputs, row), batch.texts(row))] for row in range(2)]
        plate = batch.plates > 0
        whole += int(plate.sum())
        right += sum(upper and lower and bool(is_plate) for upper, lower, is_plate in zip(*rows, plate))
        decoys += int((~plate).sum())
        known += int(((outputs[:, :, net.PLATE].amax(dim=1) < 0) & ~plate).sum())
        picture, row, slot = torch.nonzero(batch.codes, as_tuple=True)
        character = slot + row * (batch.codes[:, 0] > 0).sum(1)[picture]
        at = outputs[picture, batch.steps[picture, character]][:, net.TOP :]
        error += (at - batch.edges[picture, character]).abs().sum().item() * net.EDGE_ROWS / 2
        characters += len(picture)
    return 100 * right / whole, 100 * known / max(1, decoys), error / characters


@torch.no_grad()
def measure_photos(network, batch):
    """Whole texts right, per cent: exact, and with O and Q as 0, I as 1."""
    outputs = network(batch.inputs).float()
    texts = [upper + lower for upper, lower in zip(greedy(outputs, 0), greedy(outputs, 1))]
    exact = sum(a == b for a, b in zip(texts, batch.texts()))
    folded = sum(a.translate(FOLD) == b.translate(FOLD) for a, b in zip(texts, batch.texts()))
    return 100 * exact / len(texts), 100 * folded / len(texts)
