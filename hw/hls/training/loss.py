# SPDX-License-Identifier: Apache-2.0
"""What the network is trained to: texts of both rows, where their characters are, plate or not, where the ink begins and ends."""
import torch
import torch.nn.functional as F

import network as net

CENTRE = 0.3  # where the characters are, without which the alignment is found late
PLATE = 2.0
EDGES = 0.05  # of each character


def loss_of(outputs, batch):
    count = len(batch.plates)
    lengths = torch.full((count,), net.STEPS, dtype=torch.long)
    total = 0
    for row in range(2):
        logs = F.log_softmax(outputs[:, :, row * net.CLASSES : (row + 1) * net.CLASSES], dim=2).transpose(0, 1)
        codes = batch.codes[:, row]
        total = total + F.ctc_loss(logs, codes, lengths, (codes > 0).sum(1), reduction="none", zero_infinity=True).mean()
    picture, row, slot = torch.nonzero(batch.codes, as_tuple=True)  # in the order of the characters
    character = slot + row * (batch.codes[:, 0] > 0).sum(1)[picture]
    step = batch.steps[picture, character]
    at = outputs[picture, step]
    first = row * net.CLASSES
    classes = torch.gather(at, 1, first[:, None] + torch.arange(net.CLASSES))
    total = total + CENTRE * F.cross_entropy(classes, batch.codes[picture, row, slot], reduction="sum") / count
    edges = F.smooth_l1_loss(at[:, net.TOP :], batch.edges[picture, character], reduction="sum", beta=0.5)
    plate = outputs[:, :, net.PLATE].amax(dim=1)
    return total + EDGES * edges / count + PLATE * F.binary_cross_entropy_with_logits(plate, batch.plates)
