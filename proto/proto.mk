# SPDX-License-Identifier: Apache-2.0
# The published messages, made into C by protoc-c. The generated sources are compiled with fewer warnings: nobody here wrote them.
PROTO_NAMES := violation sealed receipt heartbeat bundle
PROTO_SOURCES := $(PROTO_NAMES:%=$(BUILD)/gen/qyran/v1/%.pb-c.c)
GENERATED += $(PROTO_NAMES:%=$(BUILD)/gen/qyran/v1/%.pb-c.h)

define proto-rule
$(BUILD)/gen/qyran/v1/$1.pb-c.c $(BUILD)/gen/qyran/v1/$1.pb-c.h &: proto/qyran/v1/$1.proto
	@mkdir -p $(BUILD)/gen
	protoc-c -Iproto --c_out=$(BUILD)/gen $$<
endef
$(foreach n,$(PROTO_NAMES),$(eval $(call proto-rule,$n)))

$(foreach v,$(VARIANTS),$(BUILD)/$v/obj/$(BUILD)/gen/qyran/v1/%.o): CFLAGS := -std=c11 -Wall -g -fPIC -fstack-protector-strong
