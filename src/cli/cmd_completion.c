#include "command.h"

/* Readline replaces only what follows the last of its word breaks, and takes what it gets as it is: hence the prefix and the %q. */
static const char bash_script[] =
    "# completion of galley for bash: . <(galley completion bash)\n"
    "_galley() {\n"
    "\tlocal line=${COMP_LINE:0:COMP_POINT} words=() word doc cur prefix\n"
    "\tread -ra words <<<\"${line//\\\\/}\"\n"
    "\t[[ $line == *[[:space:]] ]] && words+=('')\n"
    "\tcur=${words[${#words[@]} - 1]}\n"
    "\tprefix=${cur%\"${cur##*[=:@]}\"}\n"
    "\tCOMPREPLY=()\n"
    "\twhile IFS=$'\\t' read -r word doc; do\n"
    "\t\tcase $word in\n"
    "\t\t:files) compopt -o default 2>/dev/null ;;\n"
    "\t\t:dirs) compopt -o dirnames 2>/dev/null ;;\n"
    "\t\t*=)\n"
    "\t\t\tcompopt -o nospace 2>/dev/null\n"
    "\t\t\tCOMPREPLY+=(\"$(printf %q \"${word#\"$prefix\"}\")\")\n"
    "\t\t\t;;\n"
    "\t\t*) COMPREPLY+=(\"$(printf %q \"${word#\"$prefix\"}\")\") ;;\n"
    "\t\tesac\n"
    "\tdone < <(\"${words[0]}\" __complete -- \"${words[@]:1}\" 2>/dev/null)\n"
    "}\n"
    "complete -F _galley galley\n";

static const char zsh_script[] =
    "#compdef galley\n"
    "# completion of galley for zsh: source <(galley completion zsh), after compinit\n"
    "_galley() {\n"
    "\tlocal -a names docs\n"
    "\tlocal word doc\n"
    "\twhile IFS=$'\\t' read -r word doc; do\n"
    "\t\tcase $word in\n"
    "\t\t:files) _files ;;\n"
    "\t\t:dirs) _files -/ ;;\n"
    "\t\t*) names+=(\"$word\") docs+=(\"$word${doc:+  -- $doc}\") ;;\n"
    "\t\tesac\n"
    "\tdone < <(\"${(Q)words[1]}\" __complete -- \"${(@Q)words[2,CURRENT]}\" 2>/dev/null)\n"
    "\t(( ${#names} )) && compadd -l -d docs -a names\n"
    "}\n"
    "if [[ ${funcstack[1]} == _galley ]]; then _galley \"$@\"; else compdef _galley galley; fi\n";

static const char fish_script[] =
    "# completion of galley for fish: galley completion fish | source\n"
    "function __galley_complete\n"
    "\tset -l words (commandline -opc) (commandline -ct)\n"
    "\tfor line in ($words[1] __complete -- $words[2..-1] 2>/dev/null)\n"
    "\t\tswitch $line\n"
    "\t\t\tcase :files\n"
    "\t\t\t\t__fish_complete_path (commandline -ct)\n"
    "\t\t\tcase :dirs\n"
    "\t\t\t\t__fish_complete_directories (commandline -ct)\n"
    "\t\t\tcase '*'\n"
    "\t\t\t\techo $line\n"
    "\t\tend\n"
    "\tend\n"
    "end\n"
    "complete -c galley -f -a '(__galley_complete)'\n";

static int run_completion(struct invocation *invocation)
{
	static const struct {
		struct text shell;
		const char *script;
	} scripts[] = {{{"bash", 4}, bash_script}, {{"zsh", 3}, zsh_script}, {{"fish", 4}, fish_script}};
	enum { SHELLS = sizeof scripts / sizeof *scripts };
	struct text asked = invocation->operands.items[0], names[SHELLS];
	struct buffer out;

	for (size_t i = 0; i < SHELLS; i++) {
		names[i] = scripts[i].shell;
		if (!text_equal(asked, scripts[i].shell))
			continue;
		buffer_init(&out);
		buffer_string(&out, scripts[i].script);
		int code = session_write(invocation, &out, EXIT_OK);
		buffer_release(&out);
		return code;
	}
	session_unknown("shell", asked, names, SHELLS);
	return EXIT_USAGE;
}

const struct command command_completion = {
	.name = "completion",
	.operands = "bash|zsh|fish",
	.least = 1,
	.most = 1,
	.summary = "a script that completes commands, options, ids, fields and codes in a shell",
	.details = "Put it where the shell reads completions, or source it: . <(galley completion bash). The words come from galley itself\n"
	           "while you type, so the script stays right when galley changes.",
	.examples = {"galley completion bash >~/.local/share/bash-completion/completions/galley", "galley completion fish | source"},
	.run = run_completion,
};
