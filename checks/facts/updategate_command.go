package facts

import (
	"path"
	"regexp"
	"slices"
	"strings"
)

// command takes in one command of a way and decides its outcome, where a check of
// a signature has one.
func (g *gate) command(c *Command) outcome {
	if c.Pipeline == 0 {
		g.pipe = nil
	}
	got := g.effect(c)
	if c.Pipeline != 0 {
		g.pipe = append(g.pipe, *c)
	}
	return got
}

func (g *gate) effect(c *Command) outcome {
	name, args := c.Effective()
	program := path.Base(name)
	g.hear(c, program)
	if name == "" {
		g.derive(c, program)
		return works
	}
	g.subject = *c
	switch {
	case verifiesSignature(*c):
		return g.verify(c, program, args)
	case program == "grep" || program == "egrep" || program == "fgrep":
		return g.grep(*c, args)
	case program == "echo" || program == "printf":
		g.speak(*c, strings.Join(skipFlags(args), " "))
		g.derive(c, program)
		return works
	case isSum(program):
		return g.compareSums(c, program, args)
	case program == "cmp" || program == "diff":
		return g.compareFiles(args)
	case strings.HasPrefix(program, "gpg") && containsAny(args, []string{"--import"}):
		g.imported = g.imported || slices.ContainsFunc(g.inputs(*c), g.bad)
	}
	if g.failed && slices.Contains([]string{"reboot", "poweroff", "halt", "shutdown", "kill", "killall"}, program) {
		g.strange("it calls " + program + " when the check fails, and goes on")
	}
	if program == "rm" {
		for _, n := range g.inputs(*c) {
			g.files[n] = &gateFile{fetched: true}
			g.checker[n] = "rm"
		}
		return unsure
	}
	if program != "tail" && program != "head" && program != "tr" && program != "tee" && program != "cat" {
		g.printed = false
	}
	if fetches(*c) && !installsPackage(program, args) {
		return g.fetch(c)
	}
	g.installs(c, name, program, args)
	g.derive(c, program)
	return unsure
}

// name makes a path of a word, from the folder in which the way is.
func (g *gate) name(word string) string {
	switch {
	case word == "" || strings.HasPrefix(word, "/"):
		return path.Clean("/" + word)
	case strings.HasPrefix(word, "$"):
		return word
	}
	if strings.HasPrefix(g.cwd, "$") {
		return g.cwd + "/" + word
	}
	return path.Join(g.cwd, word)
}

// file finds what is known of a file: of itself, or of the folder that it was
// unpacked into.
func (g *gate) file(name string) *gateFile {
	for n := name; ; n = path.Dir(n) {
		if f := g.files[n]; f != nil {
			return f
		}
		if n == "/" || n == "." || !strings.Contains(n, "/") {
			return nil
		}
	}
}

// bad reports whether somebody else chose what a file holds and no signature
// covers it.
func (g *gate) bad(name string) bool {
	f := g.file(name)
	return f != nil && !g.good(f, 0)
}

func (g *gate) good(f *gateFile, depth int) bool {
	if f.good || depth > 16 {
		return f.good
	}
	return len(f.of) > 0 && !slices.ContainsFunc(f.of, func(n string) bool {
		o := g.file(n)
		return o == nil || o == f || !g.good(o, depth+1)
	})
}

// words are the words of a command that may name a file.
func (g *gate) words(c Command) []string {
	_, args := c.Effective()
	var names []string
	for _, a := range args {
		a = strings.TrimPrefix(a, "if=")
		if a != "" && a[0] != '-' && !strings.Contains(a, "://") && !strings.HasPrefix(a, "of=") && !strings.HasPrefix(a, "/dev/") {
			names = append(names, g.name(a))
		}
	}
	for _, r := range c.Redirects {
		if r.Op == "<" {
			names = append(names, g.name(r.Word))
		}
	}
	return names
}

// inputs are the known files that a command reads, also through its pipeline.
func (g *gate) inputs(c Command) []string {
	outs := g.outs(c)
	var names []string
	for _, n := range g.words(c) {
		if g.file(n) != nil && !slices.Contains(outs, n) {
			names = append(names, n)
		}
	}
	if c.Pipeline != 0 {
		for _, p := range g.pipe {
			if fetches(p) && len(g.fetchedTo(p)) == 0 {
				g.files[streamed] = &gateFile{fetched: true}
				names = append(names, streamed)
			} else {
				names = append(names, g.onlyKnown(g.words(p))...)
			}
		}
	}
	_, args := c.Effective()
	for _, a := range args {
		names = append(names, g.told(a)...)
	}
	return names
}

// streamed stands for what comes straight out of a program that fetches.
const streamed = "/dev/stdin"

func (g *gate) onlyKnown(names []string) []string {
	return slices.DeleteFunc(names, func(n string) bool { return g.file(n) == nil })
}

// outs are the files that a command writes.
func (g *gate) outs(c Command) []string {
	name, args := c.Effective()
	var names []string
	add := func(n string) { names = append(names, g.name(n)) }
	for _, r := range c.Redirects {
		if r.Op == ">" || r.Op == ">>" || r.Op == "1>" || r.Op == "&>" || r.Op == ">|" {
			add(r.Word)
		}
	}
	plain := func() []string {
		return slices.DeleteFunc(slices.Clone(args), func(a string) bool { return strings.HasPrefix(a, "-") })
	}
	switch path.Base(name) {
	case "dd":
		for _, a := range args {
			if strings.HasPrefix(a, "of=") {
				add(a[3:])
			}
		}
	case "cp", "mv", "install", "ln":
		if p := plain(); len(p) > 1 {
			to := p[len(p)-1]
			add(to)
			if strings.HasSuffix(to, "/") || g.folder(to) {
				add(strings.TrimSuffix(to, "/") + "/" + path.Base(p[0]))
			}
		}
	case "tee":
		for _, a := range plain() {
			add(a)
		}
	case "tar", "unzip", "bsdtar", "cpio", "7z", "unsquashfs":
		to := flagValues(args, "-C", "-d", "--directory", "-D")
		for _, d := range to {
			add(d)
		}
		if len(to) == 0 {
			add(g.cwd)
		}
	case "gunzip", "gzip", "unxz", "xz", "bunzip2", "bzip2", "unzstd", "unlzma":
		for _, a := range plain() {
			if path.Ext(a) != "" && !c.Has("-c", "--stdout") {
				add(strings.TrimSuffix(a, path.Ext(a)))
			}
		}
	default:
		for _, o := range flagValues(args, "-o", "-O", "-out", "--output", "--out") {
			add(o)
		}
	}
	return names
}

func (g *gate) folder(name string) bool {
	return g.cwd == name || g.view.root != nil && func() bool {
		f, ok := g.view.root.Lookup(strings.TrimPrefix(g.name(name), "/"))
		return ok && f.Kind.String() == "directory"
	}()
}

// derive notes what files a command makes of others.
func (g *gate) derive(c *Command, program string) {
	in := g.inputs(*c)
	outs := g.outs(*c)
	if len(in) > 0 && len(outs) == 0 && !standardTool(program) {
		for _, n := range g.words(*c) { // "decrypt IN OUT"
			if g.file(n) == nil {
				outs = append(outs, n)
			}
		}
	}
	for _, o := range outs {
		switch {
		case len(in) > 0 && slices.Contains(in, o):
		case len(in) > 0:
			g.files[o] = &gateFile{fetched: true, of: in}
			if !standardTool(program) && program != "openssl" {
				g.checker[o] = program
			}
		case g.files[o] != nil:
			delete(g.files, o)
		}
	}
	if program == "chmod" {
		for _, n := range in {
			g.files[n].mark()
		}
	}
}

func (f *gateFile) mark() {
	if f != nil {
		f.script = true
	}
}

// fetchedTo are the files that a fetching command writes.
func (g *gate) fetchedTo(c Command) []string {
	var names []string
	for _, o := range outputs(c) {
		if o != "-" && o != "/dev/stdout" {
			names = append(names, g.name(o))
		}
	}
	_, args := c.Effective()
	program := c.Program()
	toName := program == "wget" || program == "uclient-fetch" || program == "aria2c" || program == "axel" || program == "curl" && (c.Has("-O") || c.Has("--remote-name"))
	last := ""
	if len(args) > 0 {
		last = args[len(args)-1]
	}
	switch {
	case program == "curl" && c.Has("-O"):
		names = nil
	case program == "scp" || program == "rsync" || program == "sftp":
		if len(args) > 1 && !strings.Contains(last, ":") {
			names = append(names, g.name(last))
		}
		return names
	case program == "git":
		return []string{g.gitFolder(args)}
	case program == "casync":
		return []string{g.name(last)}
	case program == "tftp":
		if remote := flagValues(args, "-r"); len(names) == 0 && len(remote) > 0 {
			return []string{g.name(path.Base(remote[0]))}
		}
	case program == "ftpget":
		if len(args) > 2 {
			return []string{g.name(args[len(args)-2])}
		}
	}
	if toStdout := slices.ContainsFunc(args, func(a string) bool {
		return strings.HasPrefix(a, "-") && (strings.HasSuffix(a, "O-") || strings.HasSuffix(a, "o-") || strings.HasSuffix(a, "=-"))
	}); toStdout {
		return names
	}
	if len(outputs(c)) == 0 && toName || program == "curl" && c.Has("-O") {
		dir := g.cwd
		if d := flagValues(args, "-P", "--directory-prefix", "-d", "--output-dir"); len(d) > 0 && program != "curl" {
			dir = d[0]
		}
		for _, a := range addressesIn(c) {
			if i := strings.IndexAny(a, "?#"); i >= 0 {
				a = a[:i]
			}
			names = append(names, g.name(path.Join(dir, path.Base(a))))
		}
	}
	return names
}

func (g *gate) gitFolder(args []string) string {
	if d := flagValues(args, "-C"); len(d) > 0 {
		return g.name(d[0])
	}
	if containsAny(args, []string{"clone"}) && len(args) > 2 && !strings.Contains(args[len(args)-1], ":") {
		return g.name(args[len(args)-1])
	}
	return g.cwd
}

func (g *gate) fetch(c *Command) outcome {
	names := g.fetchedTo(*c)
	for _, n := range names {
		g.files[n] = &gateFile{fetched: true}
		g.found.fetched[n] = true
		delete(g.said, n)
		delete(g.checker, n)
		if g.software(n, c.Program() == "git" || c.Program() == "rsync") {
			if c.Program() == "git" && containsAny(c.Args, []string{"--verify-signatures"}) {
				continue
			}
			g.install(*c, []string{n})
		}
	}
	return unsure
}

// verify is a check of a signature: it has success with a file that was left
// alone, and fails with another.
func (g *gate) verify(c *Command, program string, args []string) outcome {
	g.found.verifies = true
	g.found.checks = append(g.found.checks, c.Location)
	covered, keys := g.covered(*c, program, args)
	ok := g.choose(2) == 0
	outs := g.outs(*c)
	counts := !slices.ContainsFunc(keys, g.bad) && !containsAny(args, []string{"-noverify", "-no_signer_cert_verify", "--insecure-ignore-tlog"}) && !(g.imported && strings.HasPrefix(program, "gpg"))
	if program == "cosign" {
		counts = !slices.ContainsFunc(keys, g.bad)
	}
	g.say(*c, verdictText(program, args, ok))
	for _, o := range outs {
		if _, known := g.said[o]; !known || containsAny(args, []string{"-out", "-o", "--output"}) {
			g.files[o] = &gateFile{fetched: true, good: ok && counts}
		}
	}
	if !ok || !counts {
		g.failed, g.doubts = true, nil
	} else {
		for _, n := range covered {
			if f := g.files[n]; f != nil {
				f.good = true
			} else {
				g.files[n] = &gateFile{good: true}
			}
		}
		if len(covered) == 0 && len(outs) == 0 {
			g.strange("which file " + program + " checks is not known")
		}
	}
	return outcomeOf(ok)
}

// covered are the files that a check of a signature speaks for, and the keys that
// it trusts.
func (g *gate) covered(c Command, program string, args []string) (files, keys []string) {
	all := func(list []string) []string {
		var names []string
		for _, n := range list {
			names = append(names, g.name(n))
		}
		return names
	}
	var stdin []string
	for _, r := range c.Redirects {
		if r.Op == "<" {
			stdin = append(stdin, r.Word)
		}
	}
	var piped []string
	if c.Pipeline != 0 {
		for _, p := range g.pipe {
			piped = append(piped, g.onlyKnown(g.words(p))...)
		}
	}
	plain := plainWords(args)
	switch program {
	case "openssl":
		keys = all(flagValues(args, "-verify", "-inkey", "-CAfile", "-certfile", "-certificate", "-CApath"))
		switch {
		case containsAny(args, []string{"cms", "smime"}):
			files = all(flagValues(args, "-content"))
			if len(files) == 0 && len(flagValues(args, "-out")) == 0 {
				files = all(flagValues(args, "-in"))
			}
		case containsAny(args, []string{"pkeyutl"}):
			files = all(flagValues(args, "-in"))
			for _, n := range files { // a digest stands for what it was made from
				if f := g.files[n]; f != nil {
					files = append(files, f.of...)
				}
			}
		case containsAny(args, []string{"rsautl"}):
		default:
			if len(plain) > 0 && !strings.HasPrefix(plain[len(plain)-1], "dgst") {
				files = all(plain[len(plain)-1:])
				if slices.Contains(flagValues(args, "-signature", "-verify", "-sigopt"), plain[len(plain)-1]) {
					files = nil
				}
			}
		}
	case "usign", "signify", "signify-openbsd", "minisign", "ucert":
		keys = all(append(flagValues(args, "-p", "-P"), flagValues(args, "-K")...))
		files = all(flagValues(args, "-m"))
		for i, a := range args {
			if len(a) > 2 && a[0] == '-' && a[1] != '-' && strings.HasSuffix(a, "m") && i+1 < len(args) {
				files = append(files, g.name(args[i+1]))
			}
		}
	case "gpg", "gpg2", "gpgv", "gpgv2":
		keys = all(flagValues(args, "--keyring", "--primary-keyring"))
		rest := slices.DeleteFunc(plain, func(a string) bool {
			return slices.Contains(flagValues(args, "--keyring", "--primary-keyring", "--homedir", "--status-fd", "--trust-model"), a)
		})
		switch {
		case len(rest) > 1:
			files = all(rest[1:])
		case len(rest) == 1:
			sig := strings.TrimSuffix(strings.TrimSuffix(strings.TrimSuffix(rest[0], ".sig"), ".asc"), ".gpg")
			files = all([]string{sig})
		}
	case "ssh-keygen":
		keys, files = all(flagValues(args, "-f")), all(stdin)
	case "cosign":
		keys = all(flagValues(args, "--key", "--certificate"))
		if len(plain) > 0 {
			files = all(plain[len(plain)-1:])
		}
	case "veritysetup":
		if len(plain) > 1 {
			files = all(plain[1:2])
		}
	}
	if len(files) == 0 {
		files = append(append(files, all(stdin)...), piped...)
	}
	return files, keys
}

func plainWords(args []string) []string {
	return slices.DeleteFunc(slices.Clone(args), func(a string) bool { return strings.HasPrefix(a, "-") })
}

// verdictText is what a program prints of a signature.
func verdictText(program string, args []string, ok bool) string {
	if containsAny(args, []string{"-q", "-quiet", "--quiet"}) && program != "gpg" {
		return ""
	}
	good, wrong := "Verified OK", "Verification failure"
	switch program {
	case "openssl":
		if containsAny(args, []string{"cms"}) {
			good = "CMS Verification successful"
		} else if containsAny(args, []string{"smime"}) {
			good = "Verification successful"
		} else if containsAny(args, []string{"pkeyutl"}) {
			good, wrong = "Signature Verified Successfully", "Signature Verification Failure"
		}
	case "gpg", "gpg2", "gpgv", "gpgv2":
		good, wrong = "[GNUPG:] GOODSIG [GNUPG:] VALIDSIG gpg: Good signature from", "[GNUPG:] BADSIG gpg: BAD signature from"
	case "usign":
		good, wrong = "OK", "verification failed"
	case "signify", "signify-openbsd":
		good, wrong = "Signature Verified", "signature verification failed"
	case "minisign":
		good, wrong = "Signature and comment signature verified", "Signature verification failed"
	case "ssh-keygen":
		good, wrong = "Good signature for", "Could not verify signature."
	}
	if ok {
		return good
	}
	return wrong
}

// say notes what a check prints, and where to.
func (g *gate) say(c Command, text string) {
	for _, r := range c.Redirects {
		if r.Op == ">" || r.Op == ">>" || r.Op == "1>" || r.Op == "&>" {
			g.said[g.name(r.Word)] = text
			return
		}
	}
	g.printed, g.output = true, text
}

// speak is an echo: inside a substitution it adds to what a check printed.
func (g *gate) speak(c Command, text string) {
	if len(c.Redirects) > 0 || Unresolved(text) {
		g.printed = g.printed && len(c.Redirects) > 0
		return
	}
	if g.output != "" && g.printed && c.Pipeline == 0 {
		text = g.output + "\n" + text
	}
	g.printed, g.output = true, text
}

// grep looks for a pattern in what a check printed.
func (g *gate) grep(c Command, args []string) outcome {
	plain := plainWords(args)
	if p := flagValues(args, "-e"); len(p) > 0 {
		plain = append(p[:1:1], slices.DeleteFunc(plain, func(a string) bool { return a == p[0] })...)
	}
	if len(plain) == 0 || Unresolved(plain[0]) && !strings.HasSuffix(plain[0], "$") {
		return unsure
	}
	text, known := g.output, g.printed && c.Pipeline != 0 && len(plain) == 1
	if len(plain) > 1 {
		text, known = g.said[g.name(plain[1])], g.said[g.name(plain[1])] != ""
	}
	for _, r := range c.Redirects {
		if s, ok := g.said[g.name(r.Word)]; ok && r.Op == "<" {
			text, known = s, true
		}
	}
	pattern, ok := grepPattern(plain[0], c)
	if !known || !ok {
		return unsure
	}
	return outcomeOf(pattern.MatchString(text) != c.Has("-v"))
}

func grepPattern(p string, c Command) (*regexp.Regexp, bool) {
	if len(p) > 256 {
		return nil, false
	}
	switch {
	case c.Has("-F") || c.Program() == "fgrep":
		p = regexp.QuoteMeta(p)
	case !c.Has("-E") && c.Program() == "grep":
		p = strings.NewReplacer(`\|`, "|", "|", `\|`, "(", `\(`, ")", `\)`, `\(`, "(", `\)`, ")", "+", `\+`, "?", `\?`).Replace(p)
	}
	if c.Has("-i") {
		p = "(?i)" + p
	}
	if c.Has("-x") {
		p = "^(?:" + p + ")$"
	}
	re, err := regexp.Compile("(?m)" + p)
	return re, err == nil
}

func isSum(program string) bool {
	return slices.Contains([]string{"md5sum", "sha1sum", "sha224sum", "sha256sum", "sha384sum", "sha512sum", "cksum", "sum"}, program)
}

// strongSum tells the sums that nobody can make collide.
func strongSum(program string) bool {
	return strings.HasPrefix(program, "sha2") || strings.HasPrefix(program, "sha3") || strings.HasPrefix(program, "sha5")
}

// compareSums is sha256sum -c: a list that a signature covers speaks for its
// files.
func (g *gate) compareSums(c *Command, program string, args []string) outcome {
	g.found.sums = true
	g.found.checks = append(g.found.checks, c.Location)
	if !containsAny(args, []string{"--check", "--status"}) && !c.Has("-c") {
		g.derive(c, program)
		return unsure
	}
	lists := append(g.inputs(*c), g.onlyKnown(g.words(*c))...)
	for _, p := range g.pipe {
		_, words := p.Effective()
		for _, w := range words {
			lists = append(lists, g.told(w)...)
		}
	}
	if !strongSum(program) || !slices.ContainsFunc(lists, func(n string) bool { return !g.bad(n) && g.file(n) != nil }) {
		return unsure
	}
	if g.choose(2) != 0 {
		g.failed, g.doubts = true, nil
		return fails
	}
	for _, name := range sortedKeys(g.files) {
		if f := g.files[name]; f.fetched && len(f.of) == 0 {
			f.good = true
		}
	}
	return works
}

// compareFiles is cmp: a digest that a signature covers speaks for the file that
// the other was made from.
func (g *gate) compareFiles(args []string) outcome {
	plain := plainWords(args)
	if len(plain) < 2 {
		return unsure
	}
	return g.same([]string{g.name(plain[0]), g.name(plain[1])})
}

func (g *gate) same(names []string) outcome {
	good, bad := false, false
	for _, n := range names {
		if f := g.file(n); f != nil {
			good, bad = good || g.good(f, 0), bad || !g.good(f, 0)
		}
	}
	if !good || !bad {
		return unsure
	}
	if g.choose(2) != 0 {
		g.failed, g.doubts = true, nil
		return fails
	}
	for _, n := range names {
		g.trust(n, 0)
	}
	return works
}

func (g *gate) trust(name string, depth int) {
	f := g.file(name)
	if f == nil || depth > 8 {
		return
	}
	f.good = true
	for _, o := range f.of {
		g.trust(o, depth+1)
	}
}
