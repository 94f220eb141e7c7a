package facts

import (
	"path"
	"slices"
	"strings"

	"github.com/assay-iot/assay/firmware"
)

// Protection is one of the ways in which a program is hardened.
type Protection string

// The protections; the words are those that people know.
const (
	PIE            Protection = "PIE"
	RELRO          Protection = "RELRO"
	FullRELRO      Protection = "full RELRO"
	StackProtector Protection = "stack protector"
	NoExecStack    Protection = "non-executable stack"
	Fortify        Protection = "fortify"
)

// Hardening is a program of a root file system, with what protects it. A
// protection that is neither in Has nor in Lacks is none that can be asked for
// or seen in it.
type Hardening struct {
	Program Program      `json:"program"`
	Faces   []string     `json:"faces,omitempty"` // services that it is started as and that others reach
	Has     []Protection `json:"has"`
	Lacks   []Protection `json:"lacks"`
	Strays  []string     `json:"strays,omitempty"` // RUNPATH entries from which someone else's library could be loaded
	Unread  bool         `json:"unread,omitempty"` // it faces the network, or may, and cannot be read: no more is known than its place
	May     bool         `json:"may,omitempty"`    // nobody can tell whether it faces the network
}

// Hardenings are the programs and libraries that the device itself runs: those
// of root file systems, without code for other processors and the kernel.
var Hardenings = &Fact[[]Hardening]{
	Name:    "hardenings",
	Version: 4,
	Doc:     "Programs and libraries with what hardens them, and the services that make them face a network.",
	Needs:   []Node{Tree, Roots, Programs, Services, Texts},
	Observe: func(o *Observer) ([]Hardening, error) {
		img, err1 := Tree.Of(o)
		roots, err2 := Roots.Of(o)
		programs, err3 := Programs.Of(o)
		services, err4 := Services.Of(o)
		texts, err5 := Texts.Of(o)
		for _, err := range []error{err1, err2, err3, err4, err5} {
			if err != nil {
				return nil, err
			}
		}
		facing := facingOf(img, services, programs, faces)
		perhaps := facingOf(img, services, programs, mayFace)
		all := unread(img, facing, perhaps, programs, texts)
		for _, p := range programs {
			if !runsHere(p) || !slices.ContainsFunc(roots, func(r Root) bool { return r.Path == p.Root }) {
				continue
			}
			h := Hardening{Program: p, Faces: facing[p.Location.Path], May: len(perhaps[p.Location.Path]) > 0, Has: []Protection{}, Lacks: []Protection{}}
			h.weigh()
			all = append(all, h)
		}
		return all, nil
	},
}

// unread are the files that face the network, or may, and are neither a text nor a program
// that can be read: cut, packed, or damaged.
func unread(img *firmware.Image, facing, perhaps map[string][]string, programs []Program, texts *TextSet) []Hardening {
	all := []Hardening{}
	for _, f := range img.Files {
		faces := facing[f.Path]
		if len(faces)+len(perhaps[f.Path]) == 0 || f.Kind != firmware.Regular || f.HardLink != nil {
			continue
		}
		if _, isText := texts.Of(f); !isText && !slices.ContainsFunc(programs, func(p Program) bool { return p.Location.Path == f.Path }) {
			all = append(all, Hardening{Program: Program{Name: f.Name, Location: At(f)}, Faces: faces, May: len(faces) == 0, Has: []Protection{}, Lacks: []Protection{}, Unread: true})
		}
	}
	return all
}

// faces reports a service that is started and reached. A program that nobody knows
// faces the network if it can wait for connections; a daemon that is not known to
// listen, such as one for jobs, faces nothing.
func faces(s Service) bool {
	return s.Reachable() && (s.Kind != "" || len(s.Listens) > 0 || s.canWait())
}

// mayFace reports one of which nobody can tell: its program brings its own libraries,
// or cannot be read.
func mayFace(s Service) bool {
	return s.Reachable() && s.MayWait() && !faces(s)
}

// facingOf names, by the path of a program, the services of a kind as which it is
// started. Links are followed: many services are one program. A hard link that is no
// program of its own stands for the file that it names.
func facingOf(img *firmware.Image, services []Service, programs []Program, of func(Service) bool) map[string][]string {
	facing, own := map[string][]string{}, map[string]bool{}
	for _, p := range programs {
		own[p.Location.Path] = true
	}
	for _, s := range services {
		i := slices.IndexFunc(img.Containers, func(c *firmware.Container) bool { return c.Path == s.Root })
		if !of(s) || i < 0 || s.Program == "" {
			continue
		}
		f, ok := img.Containers[i].Lookup(s.Program)
		if !ok {
			continue
		}
		p := f.Path
		if !own[p] {
			p = canonical(f).Path
		}
		if !slices.Contains(facing[p], s.Name) {
			facing[p] = append(facing[p], s.Name)
		}
	}
	return facing
}

func canonical(f *firmware.File) *firmware.File {
	if f.HardLink != nil {
		return f.HardLink
	}
	return f
}

// runsHere leaves out kernel modules, memory dumps, boot code, what is loaded into
// other processors, and files without code that a kernel could run.
func runsHere(p Program) bool {
	return p.Code > 0 && (p.Kind == "program" || p.Kind == "library") &&
		!strings.HasPrefix(p.Name, "boot/") && !strings.Contains("/"+p.Name, "/lib/firmware/") && path.Ext(p.Name) != ".ko"
}

// minGuarded is the size of code from which a program surely has functions that
// a stack protector would guard.
const minGuarded = 8 << 10

// weigh says what the program has and lacks of what can be asked of it.
func (h *Hardening) weigh() {
	p := h.Program
	own := p.Language == ""
	dynamic := !p.Static
	h.count(NoExecStack, true, !p.ExecutableStack())
	h.count(PIE, p.Kind == "program", p.PIE)
	h.count(RELRO, dynamic && p.Language != "go", p.Relro)
	h.count(FullRELRO, dynamic && own && p.Relro && p.Kind == "program", p.BindNow)
	h.count(StackProtector, own && (dynamic || p.StackProtector) && (p.Code >= minGuarded || p.StackProtector), p.StackProtector)
	h.count(Fortify, own && (p.Fortifiable || p.Fortified), p.Fortified)
	for _, dir := range p.RunPath {
		if strays(dir) {
			h.Strays = append(h.Strays, dir)
		}
	}
}

func (h *Hardening) count(p Protection, asked, has bool) {
	switch {
	case !asked:
	case has:
		h.Has = append(h.Has, p)
	default:
		h.Lacks = append(h.Lacks, p)
	}
}

// execDefault are the machines on which Linux gives a program an executable
// stack if it has no PT_GNU_STACK (elf_read_implies_exec and the default flags
// of each architecture).
var execDefault = []string{"mips", "arm", "x86", "ppc", "sh", "m68k", "sparc"}

// ExecutableStack reports whether the kernel makes the program's stack executable.
// A library says nothing by leaving the header out: old ones have none.
func (p Program) ExecutableStack() bool {
	if p.Stack == "" {
		return p.Kind == "program" && p.Bits == 32 && slices.Contains(execDefault, p.Machine)
	}
	return p.Stack == "rwx"
}

// strays reports whether others than the maker could put a library there: a
// folder for everyone, or one that depends on where the program is started.
func strays(dir string) bool {
	if dir == "$ORIGIN" || strings.HasPrefix(dir, "$ORIGIN/") || strings.HasPrefix(dir, "${ORIGIN}") {
		return false
	}
	if !strings.HasPrefix(dir, "/") {
		return true
	}
	clean := path.Clean(dir) + "/"
	return slices.ContainsFunc([]string{"/tmp/", "/var/tmp/", "/home/", "/mnt/", "/media/"}, func(p string) bool { return strings.HasPrefix(clean, p) })
}
