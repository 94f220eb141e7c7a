package facts

import (
	"cmp"
	"path"
	"slices"
	"strings"

	"github.com/assay-iot/assay"
)

// calledCommands gives the commands that a program in another language hands to a shell or
// starts, as far as they are literals.
func calledCommands(set *TextSet, t Text, language string) (commands []Command) {
	if callsByLanguage[language] == nil {
		return nil
	}
	r := scriptReader{texts: set}
	eachCall(language, t, func(at assay.Location, words []string) {
		switch len(words) {
		case 0:
		case 1:
			s := r.read(Text{File: t.File, Content: shellText(words[0]), place: &at})
			commands = append(commands, s.Commands.List()...)
		default:
			commands = append(commands, Command{Name: words[0], Args: words[1:], Location: at})
		}
	})
	return commands
}

// putsOver reports whether the command at i writes software, or unpacks it over the
// folders of the system or over that in which the program at name lies itself.
func putsOver(commands []Command, i int, name string) bool {
	c := &commands[i]
	_, args := c.Effective()
	if p := c.Program(); p == "pip" || p == "pip3" || p == "npm" { // by name they have feeds of their own
		return installsPackage(p, args) && slices.ContainsFunc(args, func(a string) bool { return strings.Contains(a, "://") })
	}
	return writesSoftware(c) || installsPackage(c.Program(), args) || unpacks(c) && softwareOf(unpackedTo(commands, i), name)
}

// unpackedTo is the folder into which the command at i unpacks; empty if it is not told.
func unpackedTo(commands []Command, i int) string {
	_, args := commands[i].Effective()
	for k, a := range args {
		switch {
		case k+1 < len(args) && (a == "-C" || a == "-d" || a == "--directory" || strings.HasPrefix(a, "-x") && strings.HasSuffix(a, "C")):
			return args[k+1]
		case strings.HasPrefix(a, "-C/"), strings.HasPrefix(a, "-d/"):
			return a[2:]
		case strings.HasPrefix(a, "--directory="):
			return a[len("--directory="):]
		}
	}
	if i == 0 || commands[i-1].Location != commands[i].Location || commands[i-1].Program() != "cd" {
		return ""
	}
	return lastOf(commands[i-1].Args)
}

// softwareOf reports whether a folder is one of software, or that of the program at name.
func softwareOf(dir, name string) bool {
	if !strings.HasPrefix(dir, "/") || Unresolved(dir) {
		return false
	}
	return systemFolder(dir) || path.Dir("/"+name) == path.Clean(dir)
}

// runsFetched reports whether the command at i runs, as a program or a script, what lies on
// a medium or what an earlier command fetched.
func runsFetched(commands []Command, i int) bool {
	c := &commands[i]
	name, args := c.Effective()
	n := cmp.Or(runsScript(name, c.Program(), args), name)
	return runsFromMedium(c, nil) || slices.ContainsFunc(commands[:i], func(f Command) bool {
		return fetches(&f) && slices.Contains(outputs(&f), n) && !Unresolved(n)
	})
}

const maxUnpackCalls = 32 // that are read of one program

// unpackCall matches what unpacks an archive in Python and PHP.
var unpackCall = lazy(`\b(?:extractall|unpack_archive|extractTo)\s*\(([^)\n]*)`)

// unpackWords stand where unpackCall may match.
var unpackWords = newLiterals([]string{"extractall", "unpack_archive", "extractTo"})

// rootedLiteral is a string that is a path, and what stands before it.
var rootedLiteral = lazy(`["'](/[^"'\s]*)["']`)

// unpacksOver reports whether a program unpacks an archive over software by its language's
// own means.
func unpacksOver(t Text) bool {
	if !unpackWords.In(t.Content) {
		return false
	}
	for _, m := range unpackCall.Get().FindAllStringSubmatch(t.Content, maxUnpackCalls) {
		args := m[1]
		if ContainsWord(args, "__file__", "__dirname", "__DIR__") {
			return true
		}
		literals := rootedLiteral.Get().FindAllStringSubmatch(args, 4)
		if literals == nil {
			literals = pathNamed(t.Content, strings.Split(args, ","))
		}
		if n := len(literals); n > 0 && softwareOf(literals[n-1][1], t.File.Name) {
			return true
		}
	}
	return false
}

// pathNamed gives the paths that a program sets the last of the named variables to.
func pathNamed(text string, names []string) [][]string {
	name := strings.TrimSpace(names[len(names)-1])
	if _, value, ok := strings.Cut(name, "="); ok { // path=DEST
		name = strings.TrimSpace(value)
	}
	if len(name) < 2 {
		return nil
	}
	for line := range strings.Lines(text) {
		if before, after, ok := strings.Cut(line, "="); ok && slices.Contains(strings.Fields(before), name) {
			return rootedLiteral.Get().FindAllStringSubmatch(after, 1)
		}
	}
	return nil
}

// madeRunnable matches what makes a file a program, up to the file.
var madeRunnable = lazy(`\bchmod(?:Sync)?\s*\(\s*(["']?[\w./$-]+["']?)\s*,`)

// Words of lines that store what was fetched, and of those that start a program.
var (
	storeWords = []string{"urlretrieve", "'wb'", `"wb"`, "createWriteStream", "copyfileobj", "writeFile", "curl", "wget", "move_uploaded_file", "file_put_contents"}
	startWords = []string{"Popen(", ".run(", ".call(", "check_call(", "check_output(", "exec(", "execl", "execv", "execFile", "system(", "spawn", "popen("}
)

// runsStored reports whether a program makes a file runnable that it stored before, and
// runs it.
func runsStored(text string) bool {
	if !strings.Contains(text, "chmod") {
		return false
	}
	for _, m := range madeRunnable.Get().FindAllStringSubmatch(text, 16) {
		stored := false
		for line := range strings.Lines(text) {
			if !strings.Contains(line, m[1]) || isComment(line) {
				continue
			}
			has := func(w string) bool { return strings.Contains(line, w) }
			if stored = stored || slices.ContainsFunc(storeWords, has); stored && slices.ContainsFunc(startWords, has) {
				return true
			}
		}
	}
	return false
}

// runsAtOnce matches what runs a text as it comes from another machine, so that nothing can
// check it in between.
var runsAtOnce = lazy(`(?:\bexec|\beval|\bload(?:string)?)\s*\(\s*(?:compile\s*\(\s*)?(?:["']\?>["']\s*\.\s*)?(?:requests\.get|(?:urllib\.request\.|urllib2?\.)?urlopen|file_get_contents|https?\.request)\s*\(\s*["'](?:https?|ftp):`)

// takesMedium matches what runs a text of Python as it lies on a stick or card.
var takesMedium = lazy(`\bexec(?:file)?\s*\(\s*(?:compile\s*\(\s*)?open\s*\(\s*["']/(?:run/)?(?:media|mnt)/`)
