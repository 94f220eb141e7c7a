package facts

import (
	"path"
	"slices"
	"strings"

	"github.com/assay-iot/assay"
)

// FreeRoot is a rule of sudo or doas by which somebody does everything as root without
// a password.
type FreeRoot struct {
	Who      string         `json:"who"` // a user, or "%" and a group
	By       string         `json:"by"`  // sudo or doas
	Location assay.Location `json:"location"`
}

// FreeRoots are such rules of the root file systems that have the program.
var FreeRoots = &Fact[[]FreeRoot]{
	Name:    "free-roots",
	Version: 1,
	Doc:     "Rules of sudo and doas by which somebody but root does everything as root without a password.",
	Needs:   []Node{Tree, Texts},
	Observe: func(o *Observer) ([]FreeRoot, error) {
		img, err := Tree.Of(o)
		if err != nil {
			return nil, err
		}
		texts, err := Texts.Of(o)
		if err != nil {
			return nil, err
		}
		all := []FreeRoot{}
		for _, c := range img.Containers {
			if !c.FileSystem {
				continue
			}
			has := func(name string) bool {
				return slices.ContainsFunc([]string{"usr/bin/", "bin/", "usr/local/bin/"}, func(dir string) bool { _, ok := c.Lookup(dir + name); return ok })
			}
			if has("sudo") {
				files := texts.Match(c, "etc/sudoers")
				for _, t := range texts.Match(c, "etc/sudoers.d/*") { // sudo passes over names with a dot, and backups
					if b := path.Base(t.File.Name); !strings.Contains(b, ".") && !strings.HasSuffix(b, "~") {
						files = append(files, t)
					}
				}
				for _, t := range files {
					all = append(all, freeRoots(t, "sudo", sudoRule)...)
				}
			}
			if has("doas") {
				for _, t := range append(texts.Match(c, "etc/doas.conf"), texts.Match(c, "etc/doas.d/*.conf")...) {
					all = append(all, freeRoots(t, "doas", doasRule)...)
				}
			}
		}
		return all, nil
	},
}

func freeRoots(t Text, by string, rule func(words []string) string) []FreeRoot {
	var found []FreeRoot
	for l := range t.Lines() {
		words := strings.Fields(l.Text)
		if len(words) < 2 || words[0][0] == '#' || len(found) >= maxPrivileges {
			continue
		}
		if who := rule(words); who != "" && who != "root" {
			found = append(found, FreeRoot{Who: forPeople(who), By: by, Location: t.At(l)})
		}
	}
	return found
}

// sudoRule reads "USER HOSTS = (RUNAS) NOPASSWD: ALL" of sudoers(5), and gives the user.
func sudoRule(words []string) string {
	if strings.HasPrefix(words[0], "Defaults") || strings.HasSuffix(words[0], "_Alias") {
		return ""
	}
	_, rule, ok := strings.Cut(strings.Join(words[1:], " "), "=")
	if rule = strings.TrimSpace(rule); !ok {
		return ""
	}
	if strings.HasPrefix(rule, "(") {
		runas, rest, _ := strings.Cut(rule[1:], ")")
		user, _, _ := strings.Cut(strings.ReplaceAll(runas, " ", ""), ":")
		if user != "ALL" && user != "root" {
			return ""
		}
		rule = strings.TrimSpace(rest)
	}
	free := false
	for {
		tag, rest, ok := strings.Cut(rule, ":")
		if tag = strings.TrimSpace(tag); !ok || strings.ContainsAny(tag, " ,/") {
			break
		}
		free, rule = free && tag != "PASSWD" || tag == "NOPASSWD", rest
	}
	commands := strings.Split(rule, ",")
	if free && len(commands) == 1 && strings.TrimSpace(commands[0]) == "ALL" {
		return words[0]
	}
	return ""
}

// doasRule reads "permit nopass USER [as root]" of doas.conf(5), and gives the user.
func doasRule(words []string) string {
	if words[0] != "permit" || !slices.Contains(words, "nopass") || slices.Contains(words, "cmd") {
		return ""
	}
	if as := wordAfter(words, "as"); as != "" && as != "root" {
		return ""
	}
	for i := 1; i < len(words); i++ {
		switch w := words[i]; {
		case w == "nopass" || w == "persist" || w == "keepenv" || w == "nolog":
		case w == "setenv":
			return "" // a list in braces, which is not read
		case strings.HasPrefix(w, ":"):
			return "%" + w[1:]
		default:
			return w
		}
	}
	return ""
}
