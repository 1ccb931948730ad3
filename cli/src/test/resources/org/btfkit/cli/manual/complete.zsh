# Prints what zsh offers for a line: zsh -f complete.zsh SHARE LINE
#
# Completion only works in a shell that somebody types into, so that one is started on a pseudo-terminal, with a compadd
# that prints what it is to offer. That runs in SHARE, and finds the functions to be tested below it.
zmodload zsh/zpty
cd -- $1
zpty -b shell zsh -f -i
ask() { zpty -w shell "$1" }
ask 'PS1= PS2= PROMPT_EOL_MARK=; stty -echo; unsetopt zle_bracketed_paste 2> /dev/null; fpath=($PWD/zsh/site-functions $fpath)'
ask 'autoload -Uz compinit; compinit -u -D; bindkey "^I" complete-word; zstyle ":completion:*" list-grouped false'
ask 'compadd() { local -a words; if (( ${@[(I)-[OAD]]} )); then builtin compadd "$@"; return; fi; builtin compadd -A words "$@"; (( ! $#words )) || print -rl -- "offer "${^words} > /dev/tty; builtin compadd "$@" }'
ask 'echo read""y'
zpty -r shell output '*ready*' || exit 1
zpty -w -n shell "$2"$'\t\x03'
ask 'echo do""ne'
zpty -r shell output '*done*' || exit 1
for line in ${(f)${output//$'\r'/}}; do
    [[ $line != *offer\ * ]] || print -r -- ${line##*offer }
done
