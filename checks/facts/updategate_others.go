package facts

import (
	"path"
	"slices"
	"strings"

	"github.com/assay-iot/assay"
	"github.com/assay-iot/assay/firmware"
)

// takesElsewhere takes in commands that make what comes from elsewhere part of the
// device in other ways than by writing it: containers that are pulled, modules and
// images that are loaded, scripts that lie on a medium which somebody plugs in.
func (g *gate) takesElsewhere(c *Command, name, program string, args []string) bool {
	switch program {
	case "docker", "balena", "balena-engine", "podman", "nerdctl", "docker-compose":
		g.containers(c, program, args)
		return true
	case "insmod", "modprobe", "kmod", "kexec":
		if in := g.inputs(c); len(in) > 0 {
			g.install(c, in)
		}
		return true
	case "mount":
		return g.mountsFetched(c, args)
	}
	if n := g.onMedium(name, program, args); n != "" {
		g.runMedium(c, n)
		return true
	}
	return false
}

// containers judges "docker pull": what comes is signed only if docker is told to ask
// for that, and fixed only where the digest is in the name. Podman has a policy.
func (g *gate) containers(c *Command, program string, args []string) {
	if in := g.inputs(c); len(in) > 0 && containsAny(args, []string{"load", "import"}) {
		g.install(c, in)
		return
	}
	if !pullsContainer(c) {
		return
	}
	switch {
	case program == "podman":
		g.strange("whether podman asks for signatures stands in its policy")
	case strings.Contains(g.text.Content, "DOCKER_CONTENT_TRUST"):
		g.strange("whether docker asks for signatures hangs on DOCKER_CONTENT_TRUST")
	}
	g.files[streamed] = &gateFile{fetched: true}
	g.install(c, []string{streamed})
}

// pullsContainer reports whether a command brings the images of containers that it
// does not name by their digests.
func pullsContainer(c *Command) bool {
	if !slices.Contains([]string{"docker", "balena", "balena-engine", "podman", "nerdctl", "docker-compose"}, c.Program()) {
		return false
	}
	_, args := c.Effective()
	i := slices.Index(args, "pull")
	if i < 0 {
		return false
	}
	named := plainWords(args[i+1:])
	return len(named) == 0 || slices.ContainsFunc(named, func(n string) bool { return !strings.Contains(n, "@sha256:") })
}

// mountsFetched follows the mount of an image that was fetched: over a folder for
// passing use its files are as the image is, elsewhere they are software.
func (g *gate) mountsFetched(c *Command, args []string) bool {
	g.media.mount(c)
	free := freeWords(args)
	in := g.inputs(c)
	if len(in) == 0 || len(free) < 2 {
		return false
	}
	dir := g.name(lastOf(free))
	in = slices.DeleteFunc(in, func(n string) bool { return n == dir })
	if len(in) == 0 {
		return false
	}
	for _, passing := range []string{"/mnt", "/tmp", "/run", "/var", "/media", "$"} {
		if strings.HasPrefix(dir, passing) {
			g.files[dir] = &gateFile{fetched: true, of: in}
			return true
		}
	}
	g.install(c, in)
	return true
}

// runMedium is a script on a medium that is run: it is what whoever plugs it in
// made of it, until a signature was checked.
func (g *gate) runMedium(c *Command, name string) {
	if g.files[name] == nil {
		g.files[name] = &gateFile{fetched: true}
		g.found.fetched[name] = true
	}
	g.install(c, []string{name})
}

// onMedium gives the script on a medium that a command runs.
func (g *gate) onMedium(name, program string, args []string) string {
	n := runsScript(name, program, args)
	if program == "run-parts" { // all that stand in a folder
		n = path.Clean(lastOf(args)) + "/*"
	}
	if n == "" {
		return ""
	}
	if n = g.name(n); !g.media.has(n) {
		return ""
	}
	if f, ok := g.view.root.Lookup(strings.TrimPrefix(n, "/")); ok && f.Kind == firmware.Regular {
		return ""
	}
	return n
}

// runsScript gives the file that a command runs: itself, or what a shell is given.
func runsScript(name, program string, args []string) string {
	switch {
	case strings.Contains(name, "/") && !slices.Contains(shellNames, program) && !interpreter(program):
		return name
	case (slices.Contains(shellNames, program) || interpreter(program) || program == "." || program == "source") && len(args) > 0 && !strings.HasPrefix(args[0], "-"):
		return args[0]
	}
	return ""
}

// WeakHash is a hash over which a script has a signature checked, and which is broken.
type WeakHash struct {
	Name     string         `json:"name"` // MD5, SHA-1
	Location assay.Location `json:"location"`
}

// brokenHashes are names of openssl for hashes in which collisions were computed.
var brokenHashes = map[string]string{"md4": "MD4", "md5": "MD5", "sha1": "SHA-1", "sha": "SHA-1", "ssl3-md5": "MD5", "ssl3-sha1": "SHA-1", "md5-sha1": "MD5 and SHA-1"}

// weakHash gives the broken hash over which openssl checks a signature.
func weakHash(c *Command, args []string) (WeakHash, bool) {
	if c.Program() != "openssl" {
		return WeakHash{}, false
	}
	for i, a := range args {
		name := strings.ToLower(strings.TrimLeft(a, "-"))
		digest, set := strings.CutPrefix(name, "digest:")
		if hash, ok := brokenHashes[digest]; ok && (set || strings.HasPrefix(a, "-") || i == 0) {
			return WeakHash{hash, c.Location}, true
		}
	}
	return WeakHash{}, false
}
