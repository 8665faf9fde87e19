# What a person calls.  The work is done by the scripts in scripts/.
#
#     make run [ORIGIN=https://example.org] [PORT=8080]    make stop
#     make follow [PORT=8080]
#     make test [SANITIZE=1]    make lint    make fuzz    make bench
#     make attacks [ATTACKS=FILE] [CASES="ID ..."] [MOST=N]
#     make coverage    make mutation [MUTATION=R12]
#     make valgrind [TESTS="t/NAME.t ..."]
#     make build [CC=clang] [SANITIZE=1]    make install DESTDIR=
#     make fresh    make clean

ORIGIN   =
PORT     = 8080
SANITIZE ?=
DESTDIR  =
SECONDS  = 60
MUTATION =
ATTACKS  =
CASES    =
MOST     =
TESTS    =

export ORIGIN PORT SANITIZE DESTDIR CASES MOST

.PHONY: build run follow stop test attacks lint fuzz coverage mutation valgrind bench fresh install clean

build:
	@scripts/deps build
	@scripts/build

run:
	@scripts/deps run
	@scripts/build
	@scripts/run

follow:
	@perl conf/demo/follower.pl http://localhost:$(PORT) news

stop:
	@scripts/stop

test:
	@scripts/deps test
	@scripts/build
	@scripts/test

attacks:
	@scripts/deps test
	@scripts/build
	@scripts/attacks $(ATTACKS)

lint:
	@scripts/deps lint
	@scripts/build
	@scripts/lint

fuzz:
	@scripts/deps fuzz
	@$(MAKE) -s -C t/fuzz run SECONDS=$(SECONDS)

coverage:
	@scripts/deps test
	@scripts/coverage

mutation:
	@scripts/deps test
	@scripts/mutation $(MUTATION)

valgrind:
	@scripts/deps test
	@scripts/build
	@scripts/valgrind $(TESTS)

bench:
	@scripts/deps bench
	@scripts/build
	@t/bench/run

fresh:
	@scripts/deps fresh
	@scripts/fresh
	@scripts/fresh-site

install:
	@scripts/deps build
	@scripts/build
	@scripts/install

clean: stop
	@scripts/clean
