# Completion of mambo for fish. The program itself is asked: [suggest:POSITION] prints what may stand there, one word a line.
function __mambo_suggest
    set -l line (string join ' ' -- (commandline -opc)[2..-1] (commandline -ct))
    eval (commandline -opc)[1] "'[suggest:"(string length -- $line)"]'" (string escape -- $line) 2>/dev/null
end
complete -c mambo -a '(__mambo_suggest)'
