# The layer table comes first, then the C files; see tests/lint/run.

function complain(message) {
	print FILENAME ":" FNR ": " message
}

function words(set, list,    i, n, part) {
	n = split(list, part, / /)
	for (i = 1; i <= n; i++)
		set[part[i]] = 1
}

BEGIN {
	words(banned, "sprintf vsprintf strcpy strcat strtok atoi atol atoll atof gets system popen localtime gmtime ctime asctime rand srand setlocale alloca")
	words(output, "printf vprintf fprintf vfprintf dprintf puts fputs putchar putc fputc fwrite perror stdout stderr")
	words(ambient, "exit abort quick_exit time gettimeofday getenv secure_getenv")
	words(system_headers, "assert.h ctype.h dirent.h errno.h fcntl.h fenv.h float.h inttypes.h limits.h locale.h math.h poll.h pwd.h regex.h sched.h search.h signal.h spawn.h " \
		"emmintrin.h immintrin.h malloc.h stdalign.h stdarg.h stdatomic.h stdbool.h stddef.h stdint.h stdio.h stdlib.h stdnoreturn.h string.h strings.h termios.h time.h unistd.h")
	for (i = 2; i < ARGC; i++) {
		is_file[ARGV[i]] = 1
		if (split(ARGV[i], part, "/") == 3 && part[1] == "src")
			folder[part[3]] = part[2]
		else if (ARGV[i] == "src/propose.c")
			folder["propose.c"] = "propose"
	}
	# Headers that are plain data, and the writer of JSON beside document's reader of the same name.
	folder["input.c"] = folder["codes.c"] = "base"
	folder["results.c"] = folder["text_report.c"] = folder["json.c"] = "report"
}

# Comments and the insides of literals become nothing; comment says whether one is open at the line's end.
function code_of(line,    out, at) {
	out = ""
	for (;;) {
		if (comment) {
			if (!(at = index(line, "*/")))
				return out
			line = substr(line, at + 2)
			comment = 0
		}
		if (!match(line, /\/\*|\/\/|"([^"\\]|\\.)*"|'([^'\\]|\\.)*'/))
			return out line
		out = out substr(line, 1, RSTART - 1) " "
		if (substr(line, RSTART, 2) == "//")
			return out
		comment = substr(line, RSTART, 2) == "/*"
		line = substr(line, RSTART + RLENGTH)
	}
}

# --- the layer table ---

FILENAME == ARGV[1] {
	split($0, part, / *[|] */)
	layer = part[1]
	layers[layer] = 1
	may_include[layer, layer] = 1
	n = split(part[2], names, /, */)
	for (i = 1; i <= n; i++)
		may_include[layer, names[i]] = 1
	n = split(part[3], names, /, */)
	for (i = 1; i <= n; i++)
		may_use[layer, names[i]] = 1
	next
}

# --- each file ---

function layer_of(path,    part, n) {
	n = split(path, part, "/")
	if (part[1] == "include")
		return owner(part[2])
	if (n > 2)
		return part[2]
	sub(/\.c$/, "", part[2])
	return part[2]
}

# The folder whose interface a header in include/ is: the one of that name, or that has a file of that name.
function owner(header) {
	sub(/\.h$/, "", header)
	return header in layers ? header : folder[header ".c"]
}

function library(header) {
	if (header ~ /^git2(\.h|\/)/) return "libgit2"
	if (header ~ /^yaml\.h$/) return "libyaml"
	if (header ~ /^cjson\//) return "cJSON"
	if (header ~ /^csv\.h$/) return "libcsv"
	if (header ~ /^zlib\.h$/) return "zlib"
	if (header ~ /^zstd\.h$/) return "zstd"
	if (header ~ /^gsl\//) return "GSL"
	if (header ~ /^cmark-gfm/) return "cmark-gfm"
	if (header ~ /^(pthread|threads|semaphore)\.h$/) return "pthreads"
	return ""
}

FNR == 1 {
	comment = 0
	layer = layer_of(FILENAME)
	public = FILENAME ~ /^include\//
	list = FILENAME == "include/codes.h"
	may_print = layer == "cli" || layer == "main"
	if (public && layer == "")
		complain("no folder of src/ has a file of this name")
	else if (!(layer in layers))
		complain("'" layer "' is not in the layer table")
	if (public && $0 !~ /^\/\* [A-Z]/)
		complain("no comment at the top that says what this is for")
	top = public && !list
	owns = fails = 0
}

top {
	owns = owns || /Ownership:/
	fails = fails || /Failure:/
	if (/\*\//) {
		top = 0
		if (!owns || !fails)
			complain("the comment at the top does not say ownership and failure ('Ownership:', 'Failure:')")
	}
}

/^[ \t]*#[ \t]*include[ \t]*"/ {
	split($0, part, "\"")
	local = FILENAME
	sub(/[^\/]*$/, part[2], local)
	if (part[2] ~ /\//)
		complain("'" part[2] "': include a header of this folder or of include/ by its name")
	else if (public || !(local in is_file)) {
		from = owner(part[2])
		if (layer != "" && from != "" && !((layer, from) in may_include))
			complain("'" layer "' may not include '" part[2] "' of '" from "'")
	}
}

/^[ \t]*#[ \t]*include[ \t]*</ {
	split($0, part, /[<>]/)
	uses = library(part[2])
	if (uses != "" && public)
		complain("'" part[2] "': no library may appear in include/")
	else if (uses != "" && !((layer, uses) in may_use))
		complain("'" layer "' may not touch " uses)
	else if (uses == "" && !(part[2] in system_headers) && part[2] !~ /^(sys|linux)\//)
		complain("'" part[2] "' is neither C, POSIX nor a library of the layer table")
}

{
	code = code_of($0)
	if (code ~ /^[ \t]*typedef[ \t]/)
		complain("'typedef': write struct or enum")
	while (match(code, /[A-Za-z_][A-Za-z_0-9]*/)) {
		before = RSTART > 1 ? substr(code, RSTART - 1, 1) : ""
		name = substr(code, RSTART, RLENGTH)
		code = substr(code, RSTART + RLENGTH)
		if (name ~ /^CODE_/)
			used[substr(name, 6)] = 1
		call = code ~ /^[ \t]*\(/ && before != "." && before != ">"
		if ((name in banned) && call)
			complain("'" name "' is banned")
		else if ((name in output) && (call || name ~ /^std/) && !may_print)
			complain("'" name "': output is for src/cli and src/main.c")
		else if ((name in ambient) && call && !may_print)
			complain("'" name "': time, environment and exit are for src/cli and src/main.c")
	}
}

list && /^CODE\(/ {
	split($0, part, /[(,]/)
	declared[part[2]] = FNR
}

END {
	FILENAME = "include/codes.h"
	for (name in declared)
		if (!(name in used)) {
			FNR = declared[name]
			complain("nothing uses CODE_" name)
		}
}
