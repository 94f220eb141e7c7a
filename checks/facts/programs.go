package facts

import (
	"bytes"
	"path"

	"github.com/assay-iot/assay"
	"github.com/assay-iot/assay/checks/facts/elf"
	"github.com/assay-iot/assay/firmware"
)

// Program is an ELF file as its loader sees it.
type Program struct {
	Location assay.Location `json:"location"`
	Root     string         `json:"root"` // path of the container that it lies in
	Name     string         `json:"name"` // path inside the container
	Kind     string         `json:"kind"` // program, library, object (a kernel module), core
	Machine  string         `json:"machine"`
	Bits     int            `json:"bits"`
	Big      bool           `json:"big,omitempty"` // big-endian

	Interpreter string   `json:"interpreter,omitempty"`
	Needed      []string `json:"needed,omitempty"` // shared libraries
	Soname      string   `json:"soname,omitempty"`
	RunPath     []string `json:"runpath,omitempty"`
	Static      bool     `json:"static,omitempty"`  // a program without a loader
	Listens     bool     `json:"listens,omitempty"` // calls listen of the C library, or of Go's own

	// What hardens it. Stack is "rw" or "rwx" by PT_GNU_STACK, "" if that is absent.
	PIE            bool   `json:"pie,omitempty"`
	Stack          string `json:"stack,omitempty"`
	Relro          bool   `json:"relro,omitempty"`
	BindNow        bool   `json:"bind_now,omitempty"`
	StackProtector bool   `json:"stack_protector,omitempty"` // calls __stack_chk_fail, or holds its message
	Fortified      bool   `json:"fortified,omitempty"`       // calls a checked function of the C library
	Fortifiable    bool   `json:"fortifiable,omitempty"`     // calls a function of glibc of which there is a checked one
	Language       string `json:"language,omitempty"`        // "go" or "rust", which need no stack protector
	Code           int64  `json:"code,omitempty"`            // bytes in executable segments
}

// Base is the file's name without folders.
func (p Program) Base() string { return path.Base(p.Name) }

// Needs reports whether the program is linked with a library, by the start of
// its name: "libssl".
func (p Program) Needs(library string) bool { return elf.Links(p.Needed, library) }

// Programs are the ELF files of the image.
var Programs = &Scan[Program]{
	Name:    "programs",
	Version: 3,
	Doc:     "Programs, libraries and kernel modules (ELF), by program headers and PT_DYNAMIC.",
	Want:    func(f *firmware.File) bool { return f.Kind == firmware.Regular && f.Size >= elf.MinSize },
	Words:   languageWords,
	Spot: func(f *firmware.File, content []byte, words sights) []Program {
		e, err := elf.Parse(content)
		if e == nil || err != nil {
			return nil
		}
		return []Program{programOf(f, e, languageOf(words))}
	},
}

// languageGo is the language of programs that Go's linker made.
const languageGo = "go"

// languageWords are what the linkers or run-time libraries of languages that guard
// memory themselves leave in every program: of Go, and two of Rust.
var languageWords = newLiterals([]string{elf.GoBuildInfo, "RUST_BACKTRACE", "/rustc/"})

// languageOf recognises such programs by those words.
func languageOf(words sights) string {
	switch {
	case words.Has(0, 1):
		return languageGo
	case words.Has(1, 2) && words.Has(2, 3):
		return "rust"
	}
	return ""
}

func programOf(f *firmware.File, e *elf.File, language string) Program {
	p := Program{
		Location: At(f), Root: ContainerPath(f), Name: f.Name,
		Machine: machineName(e.Machine), Bits: e.Bits, Big: e.Order.Uint16([]byte{0, 1}) == 1,
		Interpreter: e.Interpreter, Needed: e.Needed, Soname: e.Soname, RunPath: e.RunPath,
		Stack: e.Stack, Relro: e.Relro, BindNow: e.BindNow,
		StackProtector: e.Guarded(), Fortified: e.Fortified(), Fortifiable: e.Fortifiable(),
		Language: language, Code: e.CodeSize(),
	}
	p.Listens = e.Imports("listen")["listen"]
	if p.Language == languageGo { // its own libraries, with the names of the functions that it needs
		p.Listens = p.Listens || bytes.Contains(e.Data, []byte("net.(*netFD).listenStream"))
	}
	switch {
	case e.Kind == 1:
		p.Kind = "object"
	case e.Kind == 4:
		p.Kind = "core"
	case e.Kind == 3 && !e.PIE && (e.Interpreter == "" || e.Soname != ""):
		p.Kind = "library"
	default:
		p.Kind = "program"
		p.PIE = e.Kind == 3
		p.Static = e.Interpreter == "" && len(e.Needed) == 0
	}
	return p
}

// machineName names the e_machine values that devices have (System V ABI,
// registry of e_machine).
func machineName(m uint16) string {
	names := map[uint16]string{
		2: "sparc", 3: "x86", 4: "m68k", 8: "mips", 20: "ppc", 21: "ppc64", 22: "s390", 40: "arm",
		42: "sh", 43: "sparc64", 62: "x86-64", 83: "avr", 93: "arc", 94: "xtensa", 106: "blackfin",
		113: "nios2", 164: "hexagon", 183: "aarch64", 189: "microblaze", 195: "arcv2", 243: "riscv",
		247: "bpf", 252: "csky", 258: "loongarch",
	}
	if n, ok := names[m]; ok {
		return n
	}
	return "unknown"
}
