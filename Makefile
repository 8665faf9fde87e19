# What a person calls; each target is a script beside it in scripts/.

.PHONY: build
build:
	@scripts/build
