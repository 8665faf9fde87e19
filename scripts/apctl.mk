# apctl: cli/ and core/, no nginx header in reach.  Called by scripts/build.

DIR   := $(TOP)/ngx_http_activitypub_module
SRCS  := $(wildcard $(DIR)/cli/*.c $(DIR)/core/*.c)
OBJS  := $(patsubst $(DIR)/%.c,$(OBJ)/%.o,$(SRCS))
PQINC := $(shell pkg-config --variable=includedir libpq 2>/dev/null \
	 || pg_config --includedir 2>/dev/null || echo /usr/include/postgresql)
INCS  := -I$(DIR)/core -I$(DIR)/cli -isystem $(PQINC)
LIBS  := -lpq -ljansson -lexpat -lidn2 -lcrypto

$(OUT): $(OBJS)
	$(CC) $(FLAGS) $(LDFLAGS) -o $@ $(OBJS) $(LIBS)

# the flags are part of what an object depends on

$(OBJ)/flags: force
	@mkdir -p $(OBJ)/cli $(OBJ)/core
	@echo '$(CC) $(FLAGS) $(SRCS)' | cmp -s - $@ \
		|| echo '$(CC) $(FLAGS) $(SRCS)' > $@

# core is plain C11, POSIX at most; only the program around it is Linux

$(OBJ)/core/%.o: STD := -std=c11 -Wpedantic -D_POSIX_C_SOURCE=200809L
$(OBJ)/cli/%.o: STD := -std=gnu11

$(OBJ)/%.o: $(DIR)/%.c $(OBJ)/flags
	$(CC) $(STD) $(FLAGS) $(INCS) -MMD -MP -c -o $@ $<

force:
.PHONY: force

-include $(OBJS:.o=.d)
