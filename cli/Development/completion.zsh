# Completion of mambo for zsh; below compinit. The program itself is asked: [suggest:POSITION] prints what may stand there, one word a line.
_mambo() {
  local line="${words[2,-1]}"
  local -a found
  found=("${(@f)$(${words[1]} "[suggest:${#line}]" "$line" 2>/dev/null)}")
  (( ${#found} )) && compadd -a found || _files
}
compdef _mambo mambo ./mambo
