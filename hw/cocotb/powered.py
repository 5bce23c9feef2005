# SPDX-License-Identifier: Apache-2.0
"""Copies Verilog with a random value in each register and RAM at power-up: powered.py TO FILE...

Flip-flops and block RAM hold something when power comes, never X. The logic resets only what decides; what follows from X in a
four-state simulator (X * 0 is X) says nothing of it, and what the rest holds must not matter.

The top gets the IDs besides that the models of cocotbext-axi want: the logic has none, all are 0.
"""
import os
import re
import sys


def names(text):
    """The names of a declaration, each with the range of its words or None."""
    for part in re.split(r",(?![^\[]*\])", text):
        m = re.match(r"\s*(\w+)\s*(?:\[([^:\]]+(?:\[[^\]]*\])?[^:]*):([^\]]+)\])?\s*$", part)
        if m:
            yield m[1], (m[2], m[3]) if m[2] else None


def initial(name, words):
    if words:
        return f" initial begin : power_{name} integer k; for (k = {words[0]}; k <= {words[1]}; k = k + 1) {name}[k] = {{40{{$random}}}}; end"
    return f" initial {name} = {{40{{$random}}}};"


IDS = """
    input  wire [0:0]  m_frame_bid, m_record_bid, m_record_rid,
    output wire [0:0]  m_frame_awid, m_record_awid, m_record_arid,"""


def with_ids(source):
    source, count = re.subn(r"(module qyran_top\b.*?\)\s*\()", lambda m: m[1] + IDS, source, count=1, flags=re.S)
    if count:
        head = source.index(");", source.index("module ")) + 2
        source = source[:head] + " assign {m_frame_awid, m_record_awid, m_record_arid} = 3'd0;" + source[head:]
    return source


def powered(source):
    source = re.sub(r"//[^\n]*|/\*.*?\*/|\(\*.*?\*\)", "", source, flags=re.S)
    head = source.index(");", source.index("module ")) + 2
    ports = [n for m in re.finditer(r"output\s+reg\s*(?:\[[^\]]*\])?([^;]*?)(?=,\s*(?:input|output)|\);)", source[:head], re.S)
             for n, _ in names(m[1])]
    body, out, inside = source[head:], "", 0
    for m in re.finditer(r"\bfunction\b.*?\bendfunction\b|\breg\b\s*(?:\[[^\]]*\])?([^;=]*);", body, re.S):
        out += body[inside:m.end()]
        inside = m.end()
        if m[1]:
            out += "".join(initial(n, w) for n, w in names(m[1]))
    return source[:head] + "".join(initial(n, None) for n in ports) + out + body[inside:]


for path in sys.argv[2:]:
    with open(path, encoding="utf-8") as file:
        text = with_ids(powered(file.read()))
    with open(os.path.join(sys.argv[1], os.path.basename(path)), "w", encoding="utf-8") as file:
        file.write(text)
