# Completion of mambo for bash. The program itself is asked: [suggest:POSITION] prints what may stand there, one word a line.
_mambo() {
  local line=${COMP_LINE#"${COMP_WORDS[0]}"} word=${COMP_WORDS[COMP_CWORD]}
  line=${line# }
  local position=$((COMP_POINT - (${#COMP_LINE} - ${#line})))
  mapfile -t COMPREPLY < <("${COMP_WORDS[0]}" "[suggest:$position]" "$line" 2>/dev/null | grep -F -e "$word" | grep -e "^${word//[^a-zA-Z0-9-]/.}")
}
complete -o default -F _mambo mambo ./mambo
