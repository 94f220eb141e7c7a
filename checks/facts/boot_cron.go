package facts

import (
	"path"
	"slices"
	"strings"

	"github.com/assay-iot/assay/firmware"
)

// maxCronJobs bounds the lines of one crontab.
const maxCronJobs = 256

// cron runs what crond starts, if it is started: at the boot and from time to
// time.
func (g *boot) cron() {
	for _, s := range slices.Clone(g.services) {
		if s.Started && s.Name == "crond" {
			g.crontabs(s)
		}
	}
}

// crontabs finds the tables of busybox and of cron(8).
func (g *boot) crontabs(by Service) {
	for _, dir := range flagValues(by.Args, "-c") {
		if f, ok := g.root.Lookup(dir); (!ok || f.Kind != firmware.Directory) && len(g.filesIn(dir)) == 0 {
			g.unjudge(by.Places[0], "the tables of cron are not in the image ("+cleanName(dir)+")")
		}
	}
	folders := append(flagValues(by.Args, "-c"), "var/spool/cron/crontabs", "etc/crontabs", "var/spool/cron")
	seen := map[string]bool{}
	for _, dir := range folders {
		for _, name := range g.filesIn(dir) {
			key := name
			if f, ok := g.root.Lookup(name); ok {
				key = f.Name
			}
			if !seen[key] {
				seen[key] = true
				g.crontab(by, name, false, path.Base(name))
			}
		}
	}
	for _, name := range append(g.filesIn("etc/cron.d"), "etc/crontab") {
		if !strings.HasPrefix(path.Base(name), ".") {
			g.crontab(by, name, true, "")
		}
	}
}

// crontab runs the lines of one table, also of one that the boot writes; those of
// the system name a user.
func (g *boot) crontab(by Service, name string, system bool, user string) {
	parts, known := g.partsOf(name)
	if !known {
		g.unjudge(by.Places[0], "the table of cron, "+cleanName(name)+", is made by the boot from what the image does not tell")
	}
	jobs := 0
	for _, p := range parts {
		for line := range p.text.Lines() {
			command, as, ok := cronJob(line.Text, system)
			if jobs++; !ok || jobs > maxCronJobs {
				continue
			}
			l := g.from(p.text.At(line))
			l.cmd.Conditional = !by.Certain || p.unsure
			l.user = as
			if !system {
				l.user = user
			}
			if l.user == "root" {
				l.user = ""
			}
			g.begins(by.Via)
			g.through(cleanName(name), func() { g.inline(l, command) })
			g.begins()
		}
	}
}

// cronJob reads a line: five fields or @when, a user if it is of the system's
// table, a command. What follows a bare % is its input.
func cronJob(line string, system bool) (command, user string, ok bool) {
	s := strings.TrimSpace(line)
	if s == "" || s[0] == '#' {
		return "", "", false
	}
	fields := 5
	if s[0] == '@' {
		fields = 1
	} else if !strings.ContainsRune("0123456789*", rune(s[0])) {
		return "", "", false // a variable
	}
	if system {
		fields++
	}
	for range fields {
		i := strings.IndexAny(s, " \t")
		if i < 0 {
			return "", "", false
		}
		user, s = s[:i], strings.TrimLeft(s[i:], " \t")
	}
	if !system {
		user = ""
	}
	command = strings.ReplaceAll(s, `\%`, "\x00")
	command, _, _ = strings.Cut(command, "%")
	return strings.ReplaceAll(command, "\x00", "%"), user, command != ""
}
