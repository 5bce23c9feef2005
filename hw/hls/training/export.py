# SPDX-License-Identifier: Apache-2.0
"""Writes the weights as C, and vectors that tie plate_reader.c to the integers of the training."""
import hashlib

import numpy as np
import torch

import network as net


def blob(quantised):
    data = b""
    with torch.no_grad():
        for index in range(len(net.LAYERS)):
            weight, bias = quantised.integers(index)
            # out, in, row, column -> out, row, column, in
            data += weight.permute(0, 2, 3, 1).contiguous().numpy().astype(np.int8).tobytes()
            data += bias.numpy().astype("<i4").tobytes()
            data += quantised.shifts[index].numpy().astype(np.int8).tobytes()
    return data


def weights(quantised, path, notes):
    data = blob(quantised)
    values = np.frombuffer(data, np.int8)
    with open(path, "w", encoding="ascii") as file:
        file.write("/* SPDX-License-Identifier: Apache-2.0 */\n/*\n * Weights of the plate reader, made by `make train`; not for editing.\n")
        for note in notes:
            file.write(f" * {note}\n")
        file.write(f" * SHA-256 of the {len(data)} bytes: {hashlib.sha256(data).hexdigest()}\n */\n")
        file.write("#include <hw/hls/plate_reader.h>\n\nconst int8_t qyran_plate_weights[PLATE_WEIGHT_BYTES] = {\n")
        for at in range(0, len(values), 36):
            file.write("\t" + ",".join(str(v) for v in values[at : at + 36]) + ",\n")
        file.write("};\n")


def vectors(quantised, inputs, path):
    """For each: the input as int8, then the sums as little-endian int16, computed in double precision, which is exact here."""
    double = quantised.double()
    double.shifts = [shift.double() for shift in double.shifts]
    with open(path, "wb") as file, torch.no_grad():
        sums = (double(inputs.double()) * 2**net.SUM_BITS).clamp(-32768, 32767)
        for one, result in zip(inputs, sums):
            file.write((one * 2**net.INPUT_BITS).round().numpy().astype(np.int8).tobytes())
            file.write(result.numpy().astype("<i2").tobytes())
