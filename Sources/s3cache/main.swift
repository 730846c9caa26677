internal import CMalloc
internal import Glibc

// Exit codes: 0, 1 failure, 2 usage, 130 interrupt.
malloc_set_up()
signal(SIGPIPE, SIG_IGN)
exit(await Program.run(Array(CommandLine.arguments.dropFirst())))
