# Types lines and a tab into zsh, and waits for what should be shown: zsh -f complete.zsh SHARE LINE PATTERN [LINE PATTERN]...
#
# Completion works only in a shell that somebody types into, so one is started on a pseudo-terminal, with the functions
# below SHARE. It echoes what is typed, and then only what completion adds to it. Where that is not what is waited for,
# this does not end.
zmodload zsh/zpty
cd -- $1
shift
zpty shell zsh -f -i
zpty -w shell 'PS1=; fpath=($PWD/zsh/site-functions $fpath); autoload -Uz compinit; compinit -u -D; echo re""ady'
zpty -r shell shown '*ready*'
for line pattern in "$@"; do
    zpty -w -n shell "$line"$'\t\t'
    zpty -r shell shown "*$pattern*"
    zpty -w -n shell $'\x15'
    print -r -- "$line: $pattern"
done
zpty -d shell
