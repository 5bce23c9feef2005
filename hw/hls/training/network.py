# SPDX-License-Identifier: Apache-2.0
"""The reader's network for training: float with batch normalisation first, then folded and quantised as plate_reader.c computes it."""
import torch
import torch.nn.functional as F
from torch import nn

INPUT_W, INPUT_H, STEPS, CLASSES = 192, 64, 48, 37
PLATE, TOP, BOTTOM = 2 * CLASSES, 2 * CLASSES + 1, 2 * CLASSES + 2
OUTPUTS = BOTTOM + 1
EDGE_ROWS = 2  # PLATE_EDGE_ROWS
INPUT_BITS = 5  # the input's int8 is in 1/32
SUM_BITS = 4  # PLATE_SUM_ONE
# in, out, kernel (rows, columns), padding, stride, pool (rows, columns)
LAYERS = [
    (1, 16, (5, 5), (2, 2), 2, None),
    (16, 32, (3, 3), (1, 1), 2, None),
    (32, 40, (3, 3), (1, 1), 1, (2, 1)),
    (40, 64, (3, 3), (1, 1), 1, (2, 1)),
    (64, 64, (3, 3), (1, 1), 1, None),
    (64, 128, (4, 1), (0, 0), 1, None),
    (128, 128, (1, 5), (0, 2), 1, None),
    (128, OUTPUTS, (1, 1), (0, 0), 1, None),
]


def multiplications():
    """Multiply-accumulates of one region."""
    height, width, total = INPUT_H, INPUT_W, 0
    for inputs, outputs, kernel, padding, stride, pool in LAYERS:
        height = (height + 2 * padding[0] - kernel[0]) // stride + 1
        width = (width + 2 * padding[1] - kernel[1]) // stride + 1
        total += height * width * inputs * outputs * kernel[0] * kernel[1]
        if pool:
            height, width = height // pool[0], width // pool[1]
    return total


class Float(nn.Module):
    def __init__(self):
        super().__init__()
        self.convolutions = nn.ModuleList()
        self.norms = nn.ModuleList()
        for index, (inputs, outputs, kernel, padding, stride, _) in enumerate(LAYERS):
            last = index == len(LAYERS) - 1
            self.convolutions.append(nn.Conv2d(inputs, outputs, kernel, padding=padding, stride=stride, bias=last))
            if not last:
                self.norms.append(nn.BatchNorm2d(outputs, momentum=0.02))
        with torch.no_grad():
            bias = self.convolutions[-1].bias
            bias[0] = bias[CLASSES] = 2.0
            bias[BOTTOM] = INPUT_H / 4 / EDGE_ROWS
            bias[TOP] = -bias[BOTTOM]

    def forward(self, x, seen=None):
        for index, (_, _, _, _, _, pool) in enumerate(LAYERS):
            x = self.convolutions[index](x)
            if pool:  # before the normalisation, which costs less there and changes nothing as long as its gain is positive
                x = F.max_pool2d(x, pool)
            if index < len(self.norms):
                x = F.relu(self.norms[index](x), inplace=True)
                if seen is not None:
                    seen[index].append(x.detach().flatten())
        return x.squeeze(2).transpose(1, 2)  # batch, step, output

    @torch.no_grad()
    def keep_rules(self):
        for norm in self.norms:
            norm.weight.clamp_(min=0.02)


def floor_straight(x):
    """floor(x + 1/2), with the gradient of x."""
    return x + (torch.floor(x + 0.5) - x).detach()


class Activation(torch.autograd.Function):
    """floor(x + 1/2), at least 0, at most 127; the gradient goes through where nothing is cut off."""

    @staticmethod
    def forward(context, x):
        context.save_for_backward((x > 0) & (x < 127))
        return torch.floor(x + 0.5).clamp_(0, 127)

    @staticmethod
    def backward(context, gradient):
        return gradient * context.saved_tensors[0]


class Quantised(nn.Module):
    """Weights and activations on the integers' grid; the forward pass gives plate_reader.c's sums / PLATE_SUM_ONE exactly."""

    def __init__(self, network, pictures):
        super().__init__()
        network.eval()
        seen = [[] for _ in network.norms]
        with torch.no_grad():
            network(pictures, seen)
        self.bits = [INPUT_BITS]  # of each activation: value = integer / 2^bits
        for values in seen:
            values = torch.cat(values)
            top = torch.quantile(values[:: 1 + len(values) // 1000000], 0.9998).item()
            self.bits.append(int(torch.floor(torch.log2(torch.tensor(127.0 / max(top, 1e-3)) + 1e-9)).item()))
        self.bits.append(SUM_BITS)
        self.weights, self.biases = nn.ParameterList(), nn.ParameterList()
        self.shifts = []
        for index, convolution in enumerate(network.convolutions):
            weight, bias = convolution.weight.detach().clone(), torch.zeros(LAYERS[index][1])
            if index < len(network.norms):
                norm = network.norms[index]
                gain = norm.weight.detach() / torch.sqrt(norm.running_var + norm.eps)
                weight = weight * gain[:, None, None, None]
                bias = norm.bias.detach() - norm.running_mean * gain
            else:
                bias = convolution.bias.detach().clone()
            self.weights.append(nn.Parameter(weight))
            self.biases.append(nn.Parameter(bias))
            top = weight.abs().amax(dim=(1, 2, 3)).clamp(min=1e-6)
            fine = torch.floor(torch.log2(127.4 / top))  # weight = integer / 2^fine
            least = self.bits[index + 1] - self.bits[index]
            fine = fine.clamp(min=least, max=least + 24)
            self.shifts.append(fine - least)

    def keep_rules(self):
        pass

    def fine(self, index):
        return self.shifts[index] + self.bits[index + 1] - self.bits[index]

    def integers(self, index):
        """Weights and biases as the integers that are written out."""
        scale = torch.exp2(self.fine(index))
        weight = floor_straight(self.weights[index] * scale[:, None, None, None]).clamp(-127, 127)
        bias = floor_straight(self.biases[index] * scale * 2.0 ** self.bits[index])
        return weight, bias

    def forward(self, x):
        x = floor_straight(x * 2.0**INPUT_BITS)  # integers from here to the end
        for index, (_, _, _, padding, stride, pool) in enumerate(LAYERS):
            weight, bias = self.integers(index)
            shift = torch.exp2(-self.shifts[index])[None, :, None, None]
            x = F.conv2d(x, weight.to(x.dtype), padding=padding, stride=stride)
            if pool:
                x = F.max_pool2d(x, pool)
            x = (x + bias.to(x.dtype)[None, :, None, None]) * shift
            x = Activation.apply(x) if index < len(LAYERS) - 1 else floor_straight(x)
        return x.squeeze(2).transpose(1, 2) / 2.0**SUM_BITS
