package facts

import (
	"path"
	"slices"
	"strings"

	"github.com/assay-iot/assay"
)

// Generator is a command of the boot path that makes a key or certificate on
// the device itself, so that each device has its own.
type Generator struct {
	For         string         `json:"for"`            // ssh, tls, wireguard
	Program     string         `json:"program"`        // dropbear, dropbearkey, ssh-keygen, openssl, px5g, …
	File        string         `json:"file,omitempty"` // what it makes, if the command says so
	Conditional bool           `json:"conditional"`    // under a condition, such as that there is none yet
	Via         string         `json:"via"`
	Location    assay.Location `json:"location"`
}

// Identity are the commands of the boot path that make the identity of a device.
var Identity = &Fact[[]Generator]{
	Name:    "identity",
	Version: 2,
	Doc:     "Commands of the boot path that make host keys and certificates on the device itself.",
	Needs:   []Node{Boot},
	Observe: func(o *Observer) ([]Generator, error) {
		g, err := Boot.Of(o)
		if err != nil {
			return nil, err
		}
		made := []Generator{}
		for i := range g.Commands {
			c := &g.Commands[i]
			if m, ok := generatorOf(c); ok {
				made = append(made, m)
			}
		}
		return made, nil
	},
}

// generatorOf tells whether a command makes a key.
func generatorOf(c *BootCommand) (Generator, bool) {
	name, args := c.Effective()
	g := Generator{Program: path.Base(name), Conditional: c.Conditional || len(c.Guards) > 0, Via: c.Via, Location: c.Location}
	file := func(flags ...string) string { return firstOf(flagValues(args, flags...), "") }
	switch g.Program {
	case "dropbear":
		g.For = "ssh"
		return g, dropbearFlag(args, 'R')
	case "dropbearkey":
		g.For, g.File = "ssh", file("-f")
		return g, !hasFlag(args, "-y")
	case "ssh-keygen":
		g.For, g.File = "ssh", file("-f")
		return g, hasFlag(args, "-A", "-t") && !hasFlag(args, "-l", "-y")
	case "px5g":
		g.For, g.File = "tls", file("-keyout", "-out")
		return g, len(args) > 0
	case "openssl":
		g.For, g.File = "tls", file("-keyout", "-out")
		return g, len(args) > 0 && (slices.Contains([]string{"genrsa", "genpkey", "gendsa"}, args[0]) ||
			args[0] == "req" && slices.ContainsFunc(args, func(a string) bool { return a == "-newkey" || a == "-x509" || a == "-keyout" }) && hasFlag(args, "-newkey", "-keyout") ||
			args[0] == "ecparam" && hasFlag(args, "-genkey"))
	case "gen_key", "mbedtls_gen_key", "certtool", "gnutls-certtool":
		g.For = "tls"
		return g, strings.HasSuffix(g.Program, "gen_key") || hasFlag(args, "--generate-privkey", "-p")
	case "wg":
		g.For = "wireguard"
		return g, len(args) > 0 && args[0] == "genkey"
	}
	return g, false
}

// Placed is a file that the boot path puts where a service looks for its key.
type Placed struct {
	From     string         `json:"from"` // container path, "!", name
	To       string         `json:"to"`
	Location assay.Location `json:"location"`
}

// PlacedKeys are the files of the image that the boot path copies or links to where
// the keys of hosts lie.
var PlacedKeys = &Fact[[]Placed]{
	Name:    "placed-keys",
	Version: 2,
	Doc:     "Files that commands of the boot path copy or link to where the keys of hosts lie.",
	Needs:   []Node{Boot},
	Observe: func(o *Observer) ([]Placed, error) {
		g, err := Boot.Of(o)
		if err != nil {
			return nil, err
		}
		placed := []Placed{}
		for i := range g.Commands {
			c := &g.Commands[i]
			if from, to, ok := placing(&c.Command); ok && IsHostKey(to) {
				root, _, _ := cutLast(c.Location.Path, "!")
				placed = append(placed, Placed{root + "!" + strings.Trim(path.Clean("/"+from), "/"), to, c.Location})
			}
		}
		return placed, nil
	},
}

// IsHostKey reports whether a path is one at which an SSH server keeps its host key.
func IsHostKey(name string) bool {
	base := path.Base(name)
	return !strings.HasSuffix(base, ".pub") && (strings.HasPrefix(base, "ssh_host_") || strings.HasPrefix(base, "dropbear_") && strings.HasSuffix(base, "_host_key"))
}

// placing gives the file that a command copies, moves or links, and where to: a
// folder takes it under its own name.
func placing(c *Command) (from, to string, ok bool) {
	_, args := c.Effective()
	switch c.Program() {
	case "cp", "mv", "ln", "install":
		words := slices.DeleteFunc(slices.Clone(args), func(a string) bool { return strings.HasPrefix(a, "-") })
		if len(words) < 2 {
			return "", "", false
		}
		from, to = words[len(words)-2], words[len(words)-1]
		if !IsHostKey(to) {
			to = path.Join(to, path.Base(from))
		}
	case "cat":
		for _, r := range c.Redirects {
			if strings.HasPrefix(r.Op, ">") && len(args) == 1 {
				from, to = args[0], r.Word
			}
		}
	}
	return from, to, strings.HasPrefix(from, "/") && !Unresolved(from)
}
