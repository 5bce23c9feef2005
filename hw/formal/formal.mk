# SPDX-License-Identifier: Apache-2.0
# Proofs of the modules that move data, by yosys-smtbmc and z3; hw/README.md says what they show and what not.
.PHONY: formal
formal: $(REGS_MADE) ## prove the properties of the logic, then that each proof fails on a broken module
	@hw/formal/run
	@hw/formal/break

TEST_NEEDS += $(REGS_MADE)
TESTS += formal:'hw/formal/run --where test'
TESTS += formal-broken:'hw/formal/break --where test'
SOAK += formal:'hw/formal/run' formal-broken:hw/formal/break
