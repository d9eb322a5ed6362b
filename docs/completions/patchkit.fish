# fish completion for patchkit, loaded when it is first asked for.
patchkit completion fish | source
