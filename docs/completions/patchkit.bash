# bash completion for patchkit, loaded by bash-completion when it is first asked for.
eval "$(patchkit completion bash)"
